// How does one message look at this moment? As a frame for whoever watches, and in words.
import { buttonsOfCard, seenInCard } from './card-tree.ts'
import type { Frame } from './store.ts'
import { seenInContent } from './content-words.ts'
import type { Seen } from './seen.ts'
import { readJson, recordOf, type Json, type MessageState } from './types.ts'
import type { World } from './world.ts'

export function frameOf(world: World, kind: Frame['kind'], message: MessageState): Frame {
  const card = message.recalled ? undefined : cardJsonOf(world, message)
  const buttons = card === undefined ? [] : buttonsOfCard(card)
  return {
    kind,
    chatId: message.chatId,
    messageId: message.id,
    ...(message.threadId === undefined ? {} : { threadId: message.threadId }),
    ...(message.cardId === undefined ? {} : { cardId: message.cardId }),
    byBot: message.byBot,
    text: textOf(world, message),
    ...(buttons.length === 0 ? {} : { buttons }),
    final: !isGenerating(world, message),
    atMs: world.nowMs(),
    atPerfMs: performance.now(),
  }
}

/** What a person reads: of a card, the words of its state now. */
export function textOf(world: World, message: MessageState): string {
  return seenIn(world, message).text
}

/** The same, and the pictures in it. */
export function seenIn(world: World, message: MessageState): Seen {
  if (message.recalled) return { text: '', images: [] }
  const card = cardJsonOf(world, message)
  return card === undefined ? seenInContent(world, message) : seenInCard(card)
}

/** The card shown, entity or inline. */
export function cardJsonOf(world: World, message: MessageState): Json | undefined {
  if (message.msgType !== 'interactive') return undefined
  const entity = world.store.cards.get(message.cardId ?? '')
  return entity?.card ?? recordOf(readJson(message.content))
}

/**
 * The card still says that it grows. Also true when the ten minutes ended it without a word from the app:
 * the chat list goes on saying "generating" for ever.
 */
export function isGenerating(world: World, message: MessageState): boolean {
  const entity = world.store.cards.get(message.cardId ?? '')
  return entity !== undefined && entity.streaming !== 'off'
}
