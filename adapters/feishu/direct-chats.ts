// Which chat is a person's own? Learned from what is said there, kept over restarts: menu events name the person alone.
import type { Memory } from '../../src/contract/runtime.ts'
import { readString } from '../common/read.ts'

export interface DirectChats {
  /** Makes `of` answer for this person. Never rejects: what cannot be read is not known. */
  load(openId: string): Promise<void>
  /** What is known without asking. */
  of(openId: string): string | undefined
  /** Whether the person's id stood for their chat in events of ours. Known after `load`. */
  standsIn(openId: string): boolean
  learn(openId: string, chatId: string): Promise<void>
  /** The person's id stands for their chat from now on, until the chat is learned. */
  standIn(openId: string): Promise<void>
}

/** Beyond it the oldest are read from memory again. */
const MAX_AT_HAND = 10_000
/** What memory holds while the id stands in. */
const STAND_IN = '-'

export function createDirectChats(memory: () => Memory | undefined): DirectChats {
  const atHand = new Map<string, string>()

  return {
    async load(openId) {
      // Another process may have learned it meanwhile.
      if (known(openId) === undefined) keep(openId, (await read(openId)) ?? atHand.get(openId) ?? '')
    },
    of: known,
    standsIn: (openId) => atHand.get(openId) === STAND_IN,
    async learn(openId, chatId) {
      if (atHand.get(openId) === chatId) return
      keep(openId, chatId)
      await write(openId, chatId)
    },
    async standIn(openId) {
      if (atHand.get(openId) === STAND_IN) return
      keep(openId, STAND_IN)
      await write(openId, STAND_IN)
    },
  }

  function known(openId: string): string | undefined {
    const chatId = atHand.get(openId)
    return chatId === '' || chatId === STAND_IN ? undefined : chatId
  }

  function keep(openId: string, chatId: string): void {
    atHand.delete(openId)
    atHand.set(openId, chatId)
    if (atHand.size <= MAX_AT_HAND) return
    const [oldest] = atHand.keys()
    if (oldest !== undefined) atHand.delete(oldest)
  }

  async function read(openId: string): Promise<string | undefined> {
    return readString(
      await memory()
        ?.get(keyOf(openId))
        .catch(() => undefined),
    )
  }

  /** Not kept: learned again with their next message. */
  async function write(openId: string, chatId: string): Promise<void> {
    await memory()
      ?.set(keyOf(openId), chatId)
      .catch(() => undefined)
  }
}

function keyOf(openId: string): string {
  return `direct/${openId}`
}
