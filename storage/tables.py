"""Every table; columns are named like the fields of the rows they keep, instants are microseconds since 1970 in UTC."""

from __future__ import annotations

from storage.schema.asking import ballot as ballot
from storage.schema.asking import ballot_key as ballot_key
from storage.schema.asking import dismissed as dismissed
from storage.schema.asking import draft as draft
from storage.schema.asking import due as due
from storage.schema.asking import interaction as interaction
from storage.schema.asking import leading as leading
from storage.schema.asking import reaction as reaction
from storage.schema.chat import liking as liking
from storage.schema.chat import message as message
from storage.schema.chat import notice as notice
from storage.schema.chat import said as said
from storage.schema.chat import talk as talk
from storage.schema.chat import unmatched as unmatched
from storage.schema.columns import metadata as metadata
from storage.schema.linked import aside as aside
from storage.schema.linked import link as link
from storage.schema.linked import link_code as link_code
from storage.schema.linked import superseded as superseded
from storage.schema.linked import wrong_codes as wrong_codes
from storage.schema.people import account as account
from storage.schema.people import audit as audit
from storage.schema.people import listener as listener
from storage.schema.people import member as member
from storage.schema.people import organiser as organiser
from storage.schema.people import person as person
from storage.schema.people import seat as seat
from storage.schema.questions import duty as duty
from storage.schema.questions import numbering as numbering
from storage.schema.questions import question as question
from storage.schema.questions import question_line as question_line
from storage.schema.questions import question_rules as question_rules
from storage.schema.questions import upvote as upvote
from storage.schema.sessions import held as held
from storage.schema.sessions import invite as invite
from storage.schema.sessions import session as session
from storage.schema.sessions import venue as venue
from storage.schema.shown import budget as budget
from storage.schema.shown import inbox as inbox
from storage.schema.shown import lane as lane
from storage.schema.shown import place as place
from storage.schema.shown import subject as subject
from storage.schema.shown import surface as surface
