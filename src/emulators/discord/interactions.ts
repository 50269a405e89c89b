// What do people do with buttons, commands and forms? Each becomes an interaction with a token, given to the bot.
import { randomBytes } from 'node:crypto'
import { CALLBACK, INTERACTION } from './callbacks.ts'
import { commandData, findCommand, type CommandOptions } from './command-data.ts'
import { everyComponent, offers } from './components.ts'
import { filledIn } from './modals.ts'
import { shownMessage } from './people.ts'
import { botPermissions, EVERYONE_BITS } from './permissions.ts'
import { channelOf, type ChannelRef, type MessageRef, type Person } from './rooms.ts'
import type { Callback, ChannelState, InteractionState } from './store.ts'
import type { Json } from './types.ts'
import { messageEvent } from './views.ts'
import type { World } from './world.ts'

/** An interaction under way. */
export interface Interaction {
  readonly id: string
  readonly token: string
  /** As the bot gets it. */
  readonly payload: Json
  /** What the bot answered first, once it did: its type and data (a message, a form, suggestions). */
  callback(): Callback | undefined
}

export interface Interactions {
  /** Presses the button with this id; `force` presses one that is no longer there. */
  press(
    person: Person,
    message: MessageRef,
    customId: string,
    options?: { readonly force?: boolean },
  ): Interaction
  select(person: Person, message: MessageRef, customId: string, values: readonly string[]): Interaction
  /** Runs a registered command; a sub-command is named after its command: `chat new`. `force` runs an unregistered one. */
  runCommand(
    person: Person,
    channel: ChannelRef,
    name: string,
    options?: CommandOptions,
    how?: { readonly force?: boolean },
  ): Interaction
  /** Types `value` into an option that suggests. */
  autocomplete(person: Person, channel: ChannelRef, name: string, option: string, value: string): Interaction
  /** Sends the form last shown to this person under `customId`. */
  submitModal(
    person: Person,
    customId: string,
    values: Readonly<Record<string, string | readonly string[]>>,
  ): Interaction
}

interface NewInteraction {
  readonly type: number
  readonly data: Json
  readonly commandName?: string
  readonly sourceMessageId?: string
}

export function createInteractions(
  world: World,
  deliver: (interaction: InteractionState) => void,
): Interactions {
  const start = (person: Person, state: ChannelState, details: NewInteraction): Interaction => {
    const { type, commandName, sourceMessageId } = details
    const id = world.ids.next()
    const token = Buffer.from(`interaction:${id}:${randomBytes(48).toString('base64url')}`).toString(
      'base64url',
    )
    const guildId = state.channel.guild_id
    const interaction: InteractionState = {
      id,
      token,
      type,
      atMs: world.nowMs(),
      channelId: state.channel.id,
      ...(guildId === undefined ? {} : { guildId }),
      person: person.user,
      ...(commandName === undefined ? {} : { commandName }),
      ...(sourceMessageId === undefined ? {} : { sourceMessageId }),
      callback: undefined,
      originalId: undefined,
      followUps: 0,
      payload: payloadOf(world, person, state, { id, token, ...details }),
    }
    world.store.addInteraction(interaction)
    deliver(interaction)
    return { id, token, payload: interaction.payload, callback: () => interaction.callback }
  }
  const component = (person: Person, ref: MessageRef, data: Json, force: boolean): Interaction => {
    const { state, shown } = shownMessage(world, ref)
    const customId = String(data['custom_id'])
    if (!force && !offers(shown.message, customId))
      throw new Error(`message ${ref.messageId} shows nothing to press with the id ${customId}`)
    if (shown.onlyFor !== undefined && shown.onlyFor !== person.id)
      throw new Error(`${person.user.username} does not see message ${ref.messageId}`)
    return start(person, state, { type: INTERACTION.component, data, sourceMessageId: ref.messageId })
  }
  return {
    press: (person, ref, customId, { force = false } = {}) =>
      component(person, ref, { component_type: 2, ...pressedIn(world, ref, customId) }, force),
    select: (person, ref, customId, values) =>
      component(person, ref, { component_type: 3, ...pressedIn(world, ref, customId), values }, false),
    runCommand(person, ref, name, options = {}, { force = false } = {}) {
      const state = channelOf(world, ref)
      const command = findCommand(world, state.channel, name, force)
      const data = commandData(world, state, command, name, options)
      return start(person, state, { type: INTERACTION.command, data, commandName: name })
    },
    autocomplete(person, ref, name, option, value) {
      const state = channelOf(world, ref)
      const command = findCommand(world, state.channel, name, false)
      const data = commandData(world, state, command, name, { [option]: value }, option)
      return start(person, state, { type: INTERACTION.autocomplete, data, commandName: name })
    },
    submitModal(person, customId, values) {
      const opened = [...world.store.interactions.values()].findLast(
        ({ callback, person: by }) =>
          by.id === person.id && callback?.type === CALLBACK.modal && callback.data['custom_id'] === customId,
      )
      if (opened?.callback === undefined)
        throw new Error(`no form ${customId} is open for ${person.user.username}`)
      const components = filledIn(opened.callback.data, values)
      return start(person, channelOf(world, opened.channelId), {
        type: INTERACTION.modal,
        data: { custom_id: customId, components },
        ...(opened.sourceMessageId === undefined ? {} : { sourceMessageId: opened.sourceMessageId }),
      })
    },
  }
}

/** What was pressed, by its number in the message and its own id. */
function pressedIn(world: World, { channelId, messageId }: MessageRef, customId: string): Json {
  const shown = channelOf(world, channelId).messages.get(messageId)
  const found = everyComponent(shown?.message.components ?? []).find(
    ({ custom_id }) => custom_id === customId,
  )
  return { id: found?.['id'] ?? 1, custom_id: customId }
}

function payloadOf(
  world: World,
  person: Person,
  state: ChannelState,
  {
    id,
    token,
    type,
    data,
    sourceMessageId,
  }: NewInteraction & { readonly id: string; readonly token: string },
): Json {
  const { channel } = state
  const guild = world.store.guilds.get(channel.guild_id ?? '')
  const member = guild?.members.get(person.id)
  const source = state.messages.get(sourceMessageId ?? '')
  const permissions = String(botPermissions(world, channel))
  return {
    id,
    application_id: world.applicationId,
    type,
    token,
    version: 1,
    data,
    channel: guild === undefined ? { ...channel } : { ...channel, permissions: String(EVERYONE_BITS) },
    channel_id: channel.id,
    ...(guild === undefined || member === undefined
      ? { user: person.user }
      : {
          guild_id: guild.id,
          guild: { id: guild.id, locale: 'en-US', features: [] },
          guild_locale: 'en-US',
          member: { ...member, permissions: String(EVERYONE_BITS) },
        }),
    app_permissions: permissions,
    locale: world.store.locales.get(person.id) ?? 'en-US',
    entitlements: [],
    entitlement_sku_ids: [],
    authorizing_integration_owners: { '0': guild?.id ?? '0' },
    context: guild === undefined ? 1 : 0,
    attachment_size_limit: world.behaviour.maxFileBytes,
    ...(source === undefined ? {} : { message: messageEvent(world, source, { messageContent: true }) }),
  }
}
