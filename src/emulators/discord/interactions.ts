// What do people do with buttons, commands and forms? Each becomes an interaction with a token, given to the bot.
import { randomBytes } from 'node:crypto'
import { present } from '../common/bounded.ts'
import { CALLBACK, INTERACTION } from './callbacks.ts'
import { commandData, findCommand, type CommandOptions } from './command-data.ts'
import { demandWellFilled } from './command-values.ts'
import { everyComponent, offers } from './components.ts'
import { filledIn, shownForm, type FormValues, type ShownForm } from './modals.ts'
import { payloadOf, type NewInteraction } from './interaction-payload.ts'
import { shownMessage } from './people.ts'
import { addFile } from './sent-files.ts'
import { channelOf, type ChannelRef, type MessageRef, type Person } from './rooms.ts'
import type { Callback, ChannelState, InteractionState } from './store.ts'
import { isJson, listOf, type Json } from './types.ts'
import type { World } from './world.ts'

/** An interaction under way. */
export interface Interaction {
  readonly id: string
  readonly token: string
  /** As the bot gets it. */
  readonly payload: Json
  /** What the bot answered first, once it did: its type and data (a message, a form, suggestions). */
  callback(): Callback | undefined
  /** What stands below the option somebody typed into, once the bot answered. */
  suggestions(): readonly Suggestion[] | undefined
}
export interface Suggestion {
  readonly name: string
  readonly value: string | number
}

export interface Interactions {
  /** Presses the button with this id; `force` presses one that is no longer there. */
  press(
    person: Person,
    message: MessageRef,
    customId: string,
    options?: { readonly force?: boolean },
  ): Interaction
  /** Chooses from a select menu; throws where it does not offer that, or not so many. */
  select(person: Person, message: MessageRef, customId: string, values: readonly string[]): Interaction
  /**
   * Runs a registered command; a sub-command is named after its command: `chat new`. Throws where a client would not send
   * it: not offered there, a required option missing, a value it does not take. `force` sends it all the same, as a
   * client with an older list does.
   */
  runCommand(
    person: Person,
    channel: ChannelRef,
    name: string,
    options?: CommandOptions,
    how?: { readonly force?: boolean },
  ): Interaction
  /** Types into an option that suggests; `others`: options filled in before. */
  autocomplete(
    person: Person,
    channel: ChannelRef,
    name: string,
    option: string,
    typed: string,
    others?: CommandOptions,
  ): Interaction
  /** The form an interaction was answered with. */
  formShown(interaction: Pick<Interaction, 'id'>): ShownForm | undefined
  /** The form shown last to this person and not sent yet. */
  openForm(person: Person): ShownForm | undefined
  /** Sends the form last shown to this person under `customId`. Throws where a client would not let it be sent. */
  submitModal(person: Person, customId: string, values: FormValues): Interaction
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
      expired: false,
      sent: false,
      payload: payloadOf(world, person, state, { id, token, ...details }),
    }
    world.store.addInteraction(interaction)
    deliver(interaction)
    return {
      id,
      token,
      payload: interaction.payload,
      callback: () => interaction.callback,
      suggestions: () =>
        interaction.callback?.type === CALLBACK.choices
          ? listOf(interaction.callback.data['choices']).filter(isSuggestion)
          : undefined,
    }
  }
  const openFor = (person: Person, customId?: string): InteractionState | undefined =>
    [...world.store.interactions.values()].findLast(
      ({ callback, person: by, sent }) =>
        !sent &&
        by.id === person.id &&
        callback?.type === CALLBACK.modal &&
        (customId === undefined || callback.data['custom_id'] === customId),
    )
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
    select(person, ref, customId, values) {
      demandOffered(world, ref, customId, values)
      return component(person, ref, { component_type: 3, ...pressedIn(world, ref, customId), values }, false)
    },
    runCommand(person, ref, name, options = {}, { force = false } = {}) {
      const state = channelOf(world, ref)
      const command = findCommand(world, state.channel, name, force)
      if (!force) demandWellFilled(command, name, options)
      const data = commandData(world, state, command, name, options)
      return start(person, state, { type: INTERACTION.command, data, commandName: name })
    },
    autocomplete(person, ref, name, option, typed, others = {}) {
      const state = channelOf(world, ref)
      const command = findCommand(world, state.channel, name, false)
      const data = commandData(world, state, command, name, { ...others, [option]: typed }, option)
      return start(person, state, { type: INTERACTION.autocomplete, data, commandName: name })
    },
    formShown({ id }) {
      const callback = world.store.interactions.get(id)?.callback
      return callback?.type === CALLBACK.modal ? shownForm(callback.data) : undefined
    },
    openForm(person) {
      const opened = openFor(person)?.callback
      return opened === undefined ? undefined : shownForm(opened.data)
    },
    submitModal(person, customId, values) {
      const opened = openFor(person, customId)
      if (opened?.callback === undefined)
        throw new Error(`no form ${customId} is open for ${person.user.username}`)
      const files: Record<string, unknown> = {}
      const components = filledIn(opened.callback.data, values, (sent) => {
        const file = world.files.signed(addFile(world, opened.channelId, sent, true))
        files[file.id] = file
        return file.id
      })
      opened.sent = true
      return start(person, channelOf(world, opened.channelId), {
        type: INTERACTION.modal,
        data: {
          custom_id: customId,
          components,
          ...(Object.keys(files).length === 0 ? {} : { resolved: { attachments: files } }),
        },
        ...present({ sourceMessageId: opened.sourceMessageId }),
      })
    },
  }
}

function isSuggestion(value: unknown): value is Suggestion {
  return isJson(value) && typeof value['name'] === 'string'
}

/** A select takes what it offers, and so many. */
function demandOffered(
  world: World,
  { channelId, messageId }: MessageRef,
  customId: string,
  values: readonly string[],
): void {
  const shown = channelOf(world, channelId).messages.get(messageId)
  const select = everyComponent(shown?.message.components ?? []).find(({ custom_id: id }) => id === customId)
  if (select === undefined) return
  const offered = listOf(select['options'])
    .filter(isJson)
    .map(({ value }) => value)
  const { max_values: max = 1, min_values: min = 1 } = select
  if (
    values.some((value) => !offered.includes(value)) ||
    values.length > Number(max) ||
    values.length < Number(min)
  )
    throw new Error(`the select ${customId} does not take ${values.join(', ')}`)
}

/** What was pressed, by its number in the message and its own id. */
function pressedIn(world: World, { channelId, messageId }: MessageRef, customId: string): Json {
  const shown = channelOf(world, channelId).messages.get(messageId)
  const found = everyComponent(shown?.message.components ?? []).find(
    ({ custom_id }) => custom_id === customId,
  )
  return { id: found?.['id'] ?? 1, custom_id: customId }
}
