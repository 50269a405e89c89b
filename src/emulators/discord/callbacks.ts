// How is an interaction answered first? Once, within three seconds, with what its kind takes.
import { isEmpty, readMessage } from './body.ts'
import type { Call } from './call.ts'
import { invalidForm, refusals } from './errors.ts'
import { ALLOWS_USERS } from './mentions.ts'
import { editShown, fieldsOf } from './messages.ts'
import { choiceProblems, modalProblems } from './modal-rules.ts'
import { postMessage } from './posting.ts'
import type { ChannelState, InteractionState, MessageState } from './store.ts'
import { isJson, listOf, MESSAGE_FLAGS, MESSAGE_TYPES, type Json, type Message } from './types.ts'
import { messageView } from './views.ts'
import type { World } from './world.ts'

export const INTERACTION = { ping: 1, command: 2, component: 3, autocomplete: 4, modal: 5 } as const
export const CALLBACK = {
  pong: 1,
  message: 4,
  deferredMessage: 5,
  deferredUpdate: 6,
  update: 7,
  choices: 8,
  modal: 9,
} as const

/** Which answers an interaction takes. https://docs.discord.com/developers/interactions/receiving-and-responding */
const ANSWERS: Readonly<Record<number, readonly unknown[]>> = {
  [INTERACTION.command]: [4, 5, 9],
  [INTERACTION.component]: [4, 5, 6, 7, 9],
  [INTERACTION.autocomplete]: [8],
  [INTERACTION.modal]: [4, 5, 6, 7],
}

/** The first answer, by REST or as the body of an HTTP interaction's answer. */
export function applyCallback(
  world: World,
  interaction: InteractionState | undefined,
  { body, files }: Pick<Call, 'body' | 'files'>,
): Json {
  if (interaction === undefined) throw refusals.unknownInteraction()
  const { refusedAcks } = world.store
  if (interaction.callback !== undefined) {
    refusedAcks.double += 1
    throw refusals.alreadyAcknowledged()
  }
  const nowMs = world.nowMs()
  if (interaction.expired || nowMs - interaction.atMs > world.behaviour.interactionAckMs) {
    refusedAcks.late += 1
    world.store.changed()
    throw refusals.unknownInteraction()
  }
  const type = Number(body['type'])
  const allowed = ANSWERS[interaction.type] ?? []
  const needsSource = type === CALLBACK.deferredUpdate || type === CALLBACK.update
  if (!allowed.includes(body['type']) || (needsSource && interaction.sourceMessageId === undefined)) {
    const message = `Value must be one of {${allowed.join(', ')}}.`
    throw invalidForm([{ path: 'type', code: 'BASE_TYPE_CHOICES', message }])
  }
  const data = isJson(body['data']) ? body['data'] : {}
  const shown = carryOut(world, interaction, type, { body: data, files })
  interaction.callback = { type, data, atMs: nowMs }
  interaction.originalId = shown?.message.id
  world.store.changed()
  const flags = shown?.message.flags ?? 0
  return {
    interaction: {
      id: interaction.id,
      type: interaction.type,
      ...(shown === undefined
        ? {}
        : {
            response_message_id: shown.message.id,
            response_message_loading: (flags & MESSAGE_FLAGS.loading) !== 0,
            response_message_ephemeral: (flags & MESSAGE_FLAGS.ephemeral) !== 0,
          }),
    },
    // Only what shows something new at once is a resource.
    ...(shown !== undefined && (type === CALLBACK.message || type === CALLBACK.update)
      ? { resource: { type, message: messageView(world, shown) } }
      : {}),
  }
}

function carryOut(
  world: World,
  interaction: InteractionState,
  type: number,
  call: Pick<Call, 'body' | 'files'>,
): MessageState | undefined {
  const state = channelStateOf(world, interaction)
  switch (type) {
    case CALLBACK.message:
      return postAnswer(world, interaction, state, call, {})
    case CALLBACK.deferredMessage: {
      const told = typeof call.body['flags'] === 'number' ? call.body['flags'] : 0
      const flags = MESSAGE_FLAGS.loading | (told & MESSAGE_FLAGS.ephemeral)
      return postMessage(world, state, {
        author: world.me,
        content: '',
        allowed: ALLOWS_USERS,
        ...answerShape(world, interaction, flags),
      })
    }
    case CALLBACK.deferredUpdate:
      return sourceOf(interaction, state)
    case CALLBACK.update: {
      const source = sourceOf(interaction, state)
      if (source !== undefined) editShown(world, call, state, source, ALLOWS_USERS)
      return source
    }
    case CALLBACK.choices:
      choiceProblems(call.body, focusedType(interaction.payload))
      return undefined
    default:
      modalProblems(call.body)
      return undefined
  }
}

/** Of the option somebody types into, also of a sub-command's. */
function focusedType({ data }: Json): unknown {
  const options = (holder: unknown): readonly Json[] =>
    isJson(holder)
      ? listOf(holder['options'])
          .filter(isJson)
          .flatMap((option) => [option, ...options(option)])
      : []
  return options(data).find((option) => option['focused'] === true)?.['type']
}

export function postAnswer(
  world: World,
  interaction: InteractionState,
  state: ChannelState,
  call: Pick<Call, 'body' | 'files'>,
  metadata: Json,
): MessageState {
  const isEphemeral =
    typeof call.body['flags'] === 'number' && (call.body['flags'] & MESSAGE_FLAGS.ephemeral) !== 0
  const read = readMessage(call, world, {
    channelId: state.channel.id,
    fallback: ALLOWS_USERS,
    mayBeEphemeral: true,
    ephemeral: isEphemeral,
  })
  if (isEmpty(read)) throw refusals.emptyMessage()
  const shape = answerShape(world, interaction, read.flags ?? 0, metadata)
  return postMessage(world, state, {
    author: world.me,
    content: read.content ?? '',
    allowed: read.allowed,
    ...shape,
    fields: { ...fieldsOf(read), ...shape.fields },
  })
}

/** What makes a message an interaction's answer: a webhook of the application, and whom it answers. */
function answerShape(
  world: World,
  interaction: InteractionState,
  flags: number,
  metadata: Json = {},
): { readonly type: number; readonly fields: Partial<Message>; readonly onlyFor?: string } {
  const isCommand = interaction.type === INTERACTION.command
  const { sourceMessageId, channelId, guildId, person } = interaction
  return {
    type: isCommand ? MESSAGE_TYPES.chatInputCommand : MESSAGE_TYPES.default,
    fields: {
      flags,
      webhook_id: world.applicationId,
      application_id: world.applicationId,
      ...(sourceMessageId === undefined
        ? {}
        : {
            message_reference: {
              type: 0,
              channel_id: channelId,
              message_id: sourceMessageId,
              ...(guildId === undefined ? {} : { guild_id: guildId }),
            },
          }),
      interaction_metadata: {
        id: interaction.id,
        type: interaction.type,
        user: person,
        authorizing_integration_owners: { '0': guildId ?? '0' },
        ...(interaction.type === INTERACTION.component && sourceMessageId !== undefined
          ? { interacted_message_id: sourceMessageId }
          : {}),
        ...(interaction.type === INTERACTION.modal
          ? { triggering_interaction_metadata: triggerOf(interaction) }
          : {}),
        ...metadata,
      },
    },
    ...((flags & MESSAGE_FLAGS.ephemeral) === 0 ? {} : { onlyFor: person.id }),
  }
}

/** What opened the form. */
function triggerOf({ id, person, guildId }: InteractionState): Json {
  return {
    id,
    type: INTERACTION.command,
    user: person,
    authorizing_integration_owners: { '0': guildId ?? '0' },
  }
}

function sourceOf({ sourceMessageId }: InteractionState, state: ChannelState): MessageState | undefined {
  return state.messages.get(sourceMessageId ?? '')
}

export function channelStateOf(world: World, { channelId }: InteractionState): ChannelState {
  const state = world.store.channels.get(channelId)
  if (state === undefined) throw refusals.unknownChannel()
  return state
}
