"""What people do in Discord: commands, buttons, forms, messages."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from .acting import context_of, offered, owners_of, slash_data
from .building import Building
from .command_rules import CHAT, MESSAGE_MENU
from .components import BUTTON
from .controls import button_of, control_of, modal_data, select_data
from .errors import NotOffered
from .exchange import AUTOCOMPLETE, COMMAND, COMPONENT, MODAL, Exchange, Modal
from .openapi import units
from .payloads import member_payload, partial_channel, user_payload
from .permissions import Permission, permissions_in
from .rules import MAX_CONTENT, pinged
from .world import Channel, Message, Upload, User

Json = dict[str, Any]


class People(Building):
    """The part of FakeDiscord that acts for people.

    What Discord's own client would not let a person do raises NotOffered.
    """

    attachment_size_limit = 10 * 2**20

    async def slash(self, user: User, channel: Channel, name: str, /, **options: Any) -> Exchange:
        """Use a slash command: `slash(ada, channel, "articles add", file=Upload(…))`."""
        root, *path = name.split()
        command = offered(self.core, user, channel, root, CHAT)
        data = slash_data(self.core, command, path, options, None, channel)
        return self._interact(Exchange(COMMAND, user, channel, data=data))

    async def autocomplete(
        self,
        user: User,
        channel: Channel,
        name: str,
        /,
        *,
        focus: str,
        timeout: float = 5,
        **options: Any,
    ) -> list[Json]:
        """Type in an option (`focus`) and return what is suggested: `[{"name": …, "value": …}]`."""
        root, *path = name.split()
        command = offered(self.core, user, channel, root, CHAT)
        data = slash_data(self.core, command, path, options, focus, channel)
        return await self._interact(Exchange(AUTOCOMPLETE, user, channel, data=data)).suggested(timeout)

    async def menu(self, user: User, message: Message, name: str) -> Exchange:
        """Choose an entry of a message's menu."""
        channel = message.channel
        command = offered(self.core, user, channel, name, MESSAGE_MENU)
        target = str(message.id)
        data = {"id": command["id"], "name": name, "type": MESSAGE_MENU, "target_id": target}
        data["resolved"] = {"messages": {target: self.core.payload(message)}}
        exchange = Exchange(COMMAND, user, channel, data=data)
        return self._interact(exchange)

    async def click(self, message: Message, which: str, *, by: User | None = None) -> Exchange:
        """Press a button, by label or beginning of its custom id; by default the one who asked does."""
        user = _user(message, by)
        button = button_of(message, which)
        data = {"custom_id": button["custom_id"], "component_type": BUTTON, "id": 1}
        return self._interact(Exchange(COMPONENT, user, message.channel, message, data=data))

    async def select(
        self, message: Message, *chosen: str | Channel, which: str = "", by: User | None = None
    ) -> Exchange:
        """Choose in a select (by beginning of its custom id, else the first): values or channels."""
        user = _user(message, by)
        data = select_data(control_of(message, which), chosen, user)
        return self._interact(Exchange(COMPONENT, user, message.channel, message, data=data))

    async def submit(self, modal: Modal | Exchange, /, *values: str, **named: str) -> Exchange:
        """Fill in a form and send it: values in order, or by label or custom id."""
        form = await modal.shown_modal() if isinstance(modal, Exchange) else modal
        data, opened = modal_data(form, values, named), form.exchange
        exchange = Exchange(MODAL, opened.user, opened.channel, opened.message, data=data)
        return self._interact(exchange)

    async def message(
        self,
        user: User,
        channel: Channel,
        content: str = "",
        *,
        reply_to: Message | None = None,
        ping: bool = True,
        files: Iterable[Upload] = (),
    ) -> Exchange:
        """Write a message; a reply pings its author unless `ping` is false."""
        if not permissions_in(channel, user) & Permission.SEND_MESSAGES:
            raise NotOffered(f"{user.name} may not write in {channel.name or 'there'}")
        if units(content) > MAX_CONTENT:
            raise NotOffered("people write at most 2,000 characters")
        mentions = pinged(content, self.core.world.users)
        if reply_to is not None and ping and reply_to.author not in mentions:
            mentions.append(reply_to.author)
        message = Message(
            channel,
            user,
            content,
            mentions=mentions,
            reference=reply_to,
            attachments=[self.core.world.keep_file(upload, channel.id) for upload in files],
        )
        channel.messages[message.id] = message
        exchange = Exchange(None, user, channel, message, channel.guild)
        self.core.talks.append(exchange)
        self.core.publish("MESSAGE_CREATE", message)
        return exchange

    def _interact(self, exchange: Exchange) -> Exchange:
        exchange.guild = exchange.channel.guild
        exchange.owners = owners_of(exchange.channel, exchange.user, self.core.world.bot)
        self.core.exchanges[exchange.token] = exchange
        installed = "0" in exchange.owners
        guild = exchange.guild if installed else None
        exchange.session = self.core.gateway.dispatch(
            "INTERACTION_CREATE", self._interaction_payload(exchange), guild=guild
        )
        return exchange

    def _interaction_payload(self, exchange: Exchange) -> Json:
        channel, user, guild = exchange.channel, exchange.user, exchange.guild
        payload: Json = {
            "id": str(exchange.id),
            "application_id": str(self.core.world.bot.id),
            "type": exchange.kind,
            "token": exchange.token,
            "version": 1,
            "data": exchange.data,
            "channel_id": str(channel.id),
            "channel": partial_channel(channel, user),
            "app_permissions": str(int(permissions_in(channel, self.core.world.bot))),
            "locale": user.locale,
            "entitlements": [],
            "authorizing_integration_owners": exchange.owners,
            "context": context_of(channel, self.core.world.bot),
            "attachment_size_limit": self.attachment_size_limit,
        }
        if exchange.message is not None:
            payload["message"] = self.core.payload(exchange.message)
        if guild is None:
            return payload | {"user": user_payload(user)}
        permissions = str(int(permissions_in(channel, user)))
        return payload | {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": guild.locale, "features": []},
            "guild_locale": guild.locale,
            "member": member_payload(guild.members[user.id]) | {"permissions": permissions},
        }


def _user(message: Message, by: User | None) -> User:
    """Who uses a control: the one who asked, unless somebody else is named who can see it."""
    asker = message.interaction.user if message.interaction is not None else None
    if asker is None and message.reference is not None:
        asker = message.reference.author
    user = by or asker
    assert user is not None, "say who does it: by=…"
    if message.ephemeral and user is not asker:
        raise NotOffered(f"{user.name} does not see this message")
    return user
