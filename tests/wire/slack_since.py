"""What Slack's published schema does not hold yet, each with the page that documents it."""

from __future__ import annotations

PAGES = "docs.slack.dev/reference/methods"
SLACK_METHODS_SINCE = {
    name: f"{PAGES}/{name}"
    for name in (
        "apps.connections.open",
        "apps.manifest.export",
        "bookmarks.add",
        "bookmarks.edit",
        "bookmarks.list",
        "bookmarks.remove",
        "files.completeUploadExternal",
        "files.getUploadURLExternal",
    )
}
"""Methods that the schema does not hold yet, and the pages that document them."""
SLACK_ARGUMENTS_SINCE = {
    (method, name): f"{PAGES}/{method}"
    for method, names in {
        "bots.info": "team_id",
        "chat.postEphemeral": "markdown_text metadata",
        "chat.postMessage": "markdown_text metadata",
        "chat.update": "markdown_text metadata reply_broadcast file_ids unfurl_links unfurl_media",
        "conversations.create": "team_id",
        "conversations.history": "include_all_metadata team_id",
        "conversations.invite": "force",
        "conversations.list": "team_id",
        "conversations.members": "team_id",
        "conversations.open": "prevent_creation",
        "conversations.replies": "include_all_metadata team_id",
        "oauth.v2.access": "grant_type refresh_token",
        "team.info": "domain",
        "users.conversations": "exclude_muted team_id",
        "users.list": "team_id",
        "views.open": "interactivity_pointer",
        "views.publish": "interactivity_pointer",
        "views.push": "interactivity_pointer",
    }.items()
    for name in names.split()
}
"""Arguments that came after the schema, and the pages that document them."""
SLACK_ARGUMENTS_EITHER = {("views.open", "trigger_id"), ("views.push", "trigger_id")}
"""Required by the schema; the pages now take ``interactivity_pointer`` in its place."""
