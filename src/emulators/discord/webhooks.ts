// Which routes answer an interaction, and edit and follow up its answer for a quarter of an hour?
import { applyCallback, channelStateOf, postAnswer } from './callbacks.ts'
import type { Call, Handler, Route } from './call.ts'
import { refusals } from './errors.ts'
import { ALLOWS_USERS } from './mentions.ts'
import { editShown } from './messages.ts'
import { removeMessage } from './posting.ts'
import type { ChannelState, InteractionState, MessageState } from './store.ts'
import { isJson, MESSAGE_FLAGS } from './types.ts'
import { messageView } from './views.ts'
import type { World } from './world.ts'

const callback: Handler = (call, world) => {
  const { interaction: id, token } = call.params
  const found = world.store.interactions.get(id ?? '')
  const body = applyCallback(world, found?.token === token ? found : undefined, call)
  return call.query.get('with_response') === 'true' ? { status: 200, body } : { status: 204 }
}

const followUp: Handler = (call, world) => {
  const interaction = tokenFor(world, call)
  const state = channelStateOf(world, interaction)
  const original = state.messages.get(interaction.originalId ?? '')
  // While "thinking…" stands there, the first follow-up takes its place.
  if (original !== undefined && (original.message.flags & MESSAGE_FLAGS.loading) !== 0) {
    editShown(world, call, state, original, ALLOWS_USERS)
    return { status: 200, body: messageView(world, original) }
  }
  if (interaction.followUps >= MAX_FOLLOW_UPS && isUserInstalled(interaction))
    throw refusals.tooManyFollowUps()
  interaction.followUps += 1
  const answered = { original_response_message_id: interaction.originalId ?? interaction.id }
  return { status: 200, body: messageView(world, postAnswer(world, interaction, state, call, answered)) }
}

const editAnswer: Handler = (call, world) => {
  const { state, shown } = answerFor(world, call)
  editShown(world, call, state, shown, ALLOWS_USERS)
  return { status: 200, body: messageView(world, shown) }
}

const getAnswer: Handler = (call, world) => ({
  status: 200,
  body: messageView(world, answerFor(world, call).shown),
})

const deleteAnswer: Handler = (call, world) => {
  const { state, shown } = answerFor(world, call)
  removeMessage(world, state, shown)
  return { status: 204 }
}

const ANSWER = '/webhooks/:application/:token/messages/:message'
export const interactionRoutes: readonly Route[] = [
  {
    name: 'answerInteraction',
    method: 'POST',
    path: '/interactions/:interaction/:token/callback',
    bucket: 'none',
    open: true,
    run: callback,
  },
  {
    name: 'followUp',
    method: 'POST',
    path: '/webhooks/:application/:token',
    bucket: 'webhook',
    open: true,
    run: followUp,
  },
  { name: 'editAnswer', method: 'PATCH', path: ANSWER, bucket: 'webhook', open: true, run: editAnswer },
  { name: 'getAnswer', method: 'GET', path: ANSWER, bucket: 'webhook', open: true, run: getAnswer },
  { name: 'deleteAnswer', method: 'DELETE', path: ANSWER, bucket: 'webhook', open: true, run: deleteAnswer },
]

/** Where only a person brought the application along. https://docs.discord.com/developers/interactions/receiving-and-responding#followup-messages */
const MAX_FOLLOW_UPS = 5

function isUserInstalled({ payload }: InteractionState): boolean {
  const owners = payload['authorizing_integration_owners']
  return isJson(owners) && !('0' in owners)
}

/** The interaction behind a webhook address: acknowledged, and not older than its token. */
function tokenFor(world: World, { params }: Call): InteractionState {
  const { application, token } = params
  if (application !== world.applicationId) throw refusals.unknownWebhook()
  const interaction = [...world.store.interactions.values()].find((known) => known.token === token)
  if (interaction === undefined) throw refusals.invalidWebhookToken()
  if (interaction.expired || world.nowMs() - interaction.atMs > world.behaviour.interactionTokenMs)
    throw refusals.invalidWebhookToken()
  if (interaction.callback === undefined) throw refusals.unknownWebhook()
  return interaction
}

function answerFor(world: World, call: Call): { readonly state: ChannelState; readonly shown: MessageState } {
  const interaction = tokenFor(world, call)
  const state = channelStateOf(world, interaction)
  const id = call.params['message'] === '@original' ? interaction.originalId : call.params['message']
  const shown = state.messages.get(id ?? '')
  const isOurs =
    shown?.message.webhook_id === world.applicationId || shown?.message.id === interaction.originalId
  if (shown === undefined || !isOurs) throw refusals.unknownMessage()
  return { state, shown }
}
