"""Messages in channels, threads, typing, reactions."""

from __future__ import annotations

from .core import Answer, Call, Created, answers
from .errors import Problem, Refusal, missing_permission, unknown
from .payloads import channel_payload
from .permissions import Permission, permissions_in
from .posting import edit, post
from .world import DM, EPHEMERAL, THREAD, Channel, Message

_MESSAGES = "/channels/{channel_id}/messages"
_ONE = f"{_MESSAGES}/{{message_id}}"


def _need(call: Call, channel: Channel, *needed: Permission) -> None:
    held = permissions_in(channel, call.core.world.bot)
    if channel.id in call.core.blocked:
        raise Refusal(403, 50007, "Cannot send messages to this user")
    if any(not held & permission for permission in needed):
        raise missing_permission()


def _speaking(channel: Channel) -> Permission:
    return Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES


@answers(f"POST {_MESSAGES}")
def send(call: Call) -> Answer:
    """The bot says something in a channel."""
    channel, body = call.channel(), call.body
    _need(call, channel, _speaking(channel))
    if body.get("embeds"):
        _need(call, channel, Permission.EMBED_LINKS)
    if call.uploads:
        _need(call, channel, Permission.ATTACH_FILES)
    if (body.get("flags") or 0) & EPHEMERAL:
        raise Refusal(400, 50035, "only interactions have ephemeral answers", violation="invalid form")
    reference = _referenced(call, channel)
    message = post(call.core, channel, body, call.uploads, reference=reference)
    talk = call.core.talk_of(channel, reference)
    if talk is not None:
        talk.acknowledge()
        if talk.response is None:
            talk.response = message
        else:
            talk.followups.append(message)
        talk.touch()
    return call.core.payload(message)


def _referenced(call: Call, channel: Channel) -> Message | None:
    wanted = call.body.get("message_reference")
    if wanted is None:
        return None
    if not permissions_in(channel, call.core.world.bot) & Permission.READ_MESSAGE_HISTORY:
        raise Refusal(400, 160002, "Cannot reply without permission to read message history")
    found = channel.messages.get(int(wanted["message_id"]))
    if found is None and wanted.get("fail_if_not_exists", True):
        problem = Problem(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")
        raise Refusal(400, 50035, "Invalid Form Body", problems=[problem])
    return found


@answers(f"GET {_ONE}")
def read(call: Call) -> Answer:
    """One message."""
    _need(call, call.channel(), Permission.READ_MESSAGE_HISTORY)
    return call.core.payload(call.message())


@answers(f"GET {_MESSAGES}")
def history(call: Call) -> Answer:
    """The newest messages, or those around a point, newest first."""
    channel = call.channel()
    _need(call, channel, Permission.READ_MESSAGE_HISTORY)
    before = int(call.query.get("before") or 2**63)
    after = int(call.query.get("after") or 0)
    found = [one for one in channel.messages.values() if after < one.id < before]
    limit = int(call.query.get("limit") or 50)
    chosen = found[:limit] if "after" in call.query else found[-limit:]
    return [call.core.payload(message) for message in reversed(chosen)]


@answers(f"PATCH {_ONE}")
def change(call: Call) -> Answer:
    """The bot edits what it said."""
    message = call.message()
    if message.author is not call.core.world.bot:
        raise Refusal(403, 50005, "Cannot edit a message authored by another user")
    edit(call.core, message, call.body, call.uploads)
    of = message.interaction or call.core.talk_of(message.channel, message.reference)
    if of is not None and of.response is message:
        of.edits.append(call.body)
        of.touch()
    return call.core.payload(message)


@answers(f"DELETE {_ONE}")
def delete(call: Call) -> Answer:
    """The bot deletes a message."""
    message = call.message()
    if message.author is not call.core.world.bot:
        _need(call, message.channel, Permission.MANAGE_MESSAGES)
    call.core.withdraw(message)


@answers("POST /channels/{channel_id}/typing")
def typing(call: Call) -> Answer:
    """The bot shows that it is writing."""
    channel = call.channel()
    _need(call, channel, _speaking(channel))
    talk = call.core.talk_of(channel, None)
    if talk is not None:
        talk.acknowledge()
        talk.touch()


@answers(f"PUT {_ONE}/reactions/{{emoji_name}}/@me", f"DELETE {_ONE}/reactions/{{emoji_name}}/@me")
def react(call: Call) -> Answer:
    """The bot reacts to a message, or takes that back."""
    message = call.message()
    _need(call, message.channel, Permission.READ_MESSAGE_HISTORY, Permission.ADD_REACTIONS)
    talk = call.core.talk_of(message.channel, message)
    if talk is not None:
        talk.acknowledge()
        talk.touch()


@answers(f"POST {_ONE}/threads")
def open_thread(call: Call) -> Answer:
    """The bot opens a thread at a message; it has the message's id."""
    message = call.message()
    _need(call, message.channel, Permission.CREATE_PUBLIC_THREADS)
    if message.channel.kind in {DM, THREAD}:
        raise Refusal(400, 50024, "Cannot execute action on this channel type")
    if message.thread is not None:
        raise Refusal(400, 160004, "A thread has already been created for this message")
    return Created(start_thread(call, message))


def start_thread(call: Call, message: Message) -> dict[str, object]:
    """Make a thread of the bot's and tell the gateway."""
    thread = Channel(
        THREAD,
        call.body["name"],
        message.channel.guild,
        parent=message.channel,
        owner=call.core.world.bot,
        id=message.id,
    )
    call.core.world.add_channel(thread)
    message.thread = thread
    payload = channel_payload(thread)
    call.core.gateway.dispatch("THREAD_CREATE", payload | {"newly_created": True}, guild=thread.guild)
    return payload


@answers("GET /channels/{channel_id}")
def channel(call: Call) -> Answer:
    """A channel."""
    return channel_payload(call.channel())


@answers("POST /users/@me/channels")
def direct(call: Call) -> Answer:
    """The direct messages with a person."""
    user = call.core.world.users.get(int(call.body.get("recipient_id") or 0))
    if user is None:
        raise unknown("user")
    return channel_payload(call.core.world.direct(user))
