// What may be done to a card entity, and in which order is it checked? One rising sequence over all operations.
import { cardFault, cardKitError } from './card-check.ts'
import { textOfCard } from './card-tree.ts'
import { ApiError } from './errors.ts'
import { frameOf } from './frames.ts'
import { recordOf, stringOf, type CardState, type Json } from './types.ts'
import type { Call, World } from './world.ts'

/** Feishu docs: a card entity is valid for 14 days. */
const CARD_LIVES_MS = 14 * 24 * 3_600_000
const MAX_SEQUENCE = 2_147_483_647

/** What an operation makes of the card. */
export type Change = (state: CardState) => { readonly card: Json; readonly streaming?: boolean }

/**
 * The one way a card changes, in this order:
 * 1. the card exists and is not too old; no person's press is being answered;
 * 2. `sequence` and `uuid` are well formed; a repeated uuid is a success without effect, another use of it a conflict;
 * 3. the sequence rises;
 * 4. the ten minutes of streaming; 5. the change itself; 6. the card it leaves is allowed.
 * A refused operation does not use up its sequence.
 */
export function operate(
  world: World,
  operation: string,
  call: Call,
  needsStreaming: boolean,
  change: Change,
): void {
  const state = cardOf(world, call.params['card_id'] ?? '')
  const sequence = Number(call.body['sequence'])
  const uuid = stringOf(call.body['uuid'])
  expireStreaming(world, state)
  try {
    if (state.callbacksRunning > 0) throw refusal(200810, 'card is in user interaction')
    if (!Number.isInteger(sequence) || sequence < 1 || sequence > MAX_SEQUENCE)
      throw refusal(10002, 'sequence is invalid')
    if (uuid !== undefined && isRepetition(state, uuid, operation, call)) return
    if (sequence <= state.sequence) throw refusal(300317, 'sequence number compare failed')
    if (state.streaming !== 'on') world.limiter.takeCardOperation(state.id)
    if (needsStreaming) checkStreaming(state)
    const { card, streaming } = change(state)
    const fault = cardFault(card, (key) => world.files.byKey(key)?.byBot === true)
    if (fault !== undefined) throw cardKitError(fault)
    state.card = card
    state.sequence = sequence
    if (uuid !== undefined) state.uuids.set(uuid, fingerprint(operation, call))
    if (streaming !== undefined) setStreaming(world, state, streaming)
    note(world, state, { operation, sequence, uuid, code: 0 })
  } catch (error) {
    const code = error instanceof ApiError ? error.code : -1
    note(world, state, { operation, sequence, uuid, code })
    throw error
  }
  showCard(world, state)
}

export function cardOf(world: World, cardId: string): CardState {
  const state = world.store.cards.get(cardId)
  if (state === undefined) throw refusal(200740, 'card entity does not exist')
  if (world.nowMs() - state.createdAtMs > CARD_LIVES_MS) throw refusal(200750, 'card entity expired')
  return state
}

export function createCard(world: World, card: Json): CardState {
  const fault = cardFault(card, (key) => world.files.byKey(key)?.byBot === true)
  if (fault !== undefined) throw cardKitError(fault)
  const state: CardState = {
    id: world.ids.nextNumber(),
    createdAtMs: world.nowMs(),
    card,
    messageId: undefined,
    sequence: 0,
    streaming: 'off',
    streamingSinceMs: 0,
    callbacksRunning: 0,
    uuids: new Map(),
    history: [],
  }
  setStreaming(world, state, isStreaming(card))
  world.store.cards.set(state.id, state)
  note(world, state, { operation: 'card.create', sequence: 0, uuid: undefined, code: 0 })
  return state
}

export function isStreaming(card: Json): boolean {
  return recordOf(card['config'])['streaming_mode'] === true
}

/** A frame for whoever looks, once the card stands in a message. */
export function showCard(world: World, state: CardState): void {
  const message = world.store.messages.get(state.messageId ?? '')
  if (message !== undefined) world.store.addFrame(frameOf(world, 'card', message))
}

export function refusal(code: number, text: string): ApiError {
  return new ApiError(code, `ErrMsg: ${text}; `)
}

/** The ten minutes since streaming was last switched on. Feishu docs: streaming updates. */
export function expireStreaming(world: World, state: CardState): void {
  const age = world.nowMs() - state.streamingSinceMs
  if (state.streaming === 'on' && age >= world.behaviour.streamingLivesMs) state.streaming = 'timed-out'
}

/** Ends the streaming of a card before its time. */
export function closeStreaming(world: World, cardId: string, how: 'timed-out' | 'closed'): void {
  const state = cardOf(world, cardId)
  state.streaming = how === 'closed' ? 'off' : 'timed-out'
  showCard(world, state)
}

function setStreaming(world: World, state: CardState, on: boolean): void {
  state.streaming = on ? 'on' : 'off'
  if (on) state.streamingSinceMs = world.nowMs()
}

/** The first update after the time-out is told so, later ones that streaming is closed. */
function checkStreaming(state: CardState): void {
  if (state.streaming === 'timed-out') {
    state.streaming = 'expired'
    throw refusal(200850, 'card streaming timeout')
  }
  if (state.streaming !== 'on') throw refusal(300309, 'streaming mode is closed')
}

function isRepetition(state: CardState, uuid: string, operation: string, call: Call): boolean {
  if (uuid === '' || uuid.length > 64) throw refusal(10002, 'uuid is invalid')
  const before = state.uuids.get(uuid)
  if (before !== undefined && before !== fingerprint(operation, call)) throw refusal(200770, 'uuid conflict')
  return before !== undefined
}

function fingerprint(operation: string, { params, body }: Call): string {
  return JSON.stringify([operation, params, body])
}

function note(
  world: World,
  state: CardState,
  about: { operation: string; sequence: number; uuid: string | undefined; code: number },
): void {
  const { operation, sequence, uuid, code } = about
  state.history.push({
    operation,
    sequence,
    ...(uuid === undefined ? {} : { uuid }),
    code,
    atMs: world.nowMs(),
    text: textOfCard(state.card),
    streaming: state.streaming === 'on',
  })
}
