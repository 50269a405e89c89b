// The outbound half of the Feishu adapter before its emulator: a chat, a clock that tests move, lives that die.

import { createFeishuApi, type FeishuApi } from '../../adapters/feishu/api.ts'
import { createCardMemory, createOutbox, rendererFor } from '../../adapters/feishu/outbox.ts'
import type { FeishuBody } from '../../adapters/feishu/body.ts'
import { createOwnMessages } from '../../adapters/feishu/own.ts'
import type { Place } from '../../adapters/feishu/place.ts'
import type { Outbox } from '../../src/contract/platform.ts'
import type { Clock } from '../../src/contract/runtime.ts'
import { realClock } from '../../src/clock.ts'
import { startFeishuEmulator } from '../../src/emulators/feishu/index.ts'
import { createQuietLogger, type QuietLogger } from './quiet-logger.ts'
import { keysAsWords } from './words.ts'

type Emulator = Awaited<ReturnType<typeof startFeishuEmulator>>
type Options = NonNullable<Parameters<typeof startFeishuEmulator>[0]>

/** One process's life: its calls, and when it dies. */
export interface Life {
  readonly outbox: Outbox<FeishuBody>
  readonly log: QuietLogger
  /** Ids of messages it posted. */
  isOwn(messageId: string): boolean
}

/** At call number `atCall` (from 0) the process dies, before the call or after it took effect; no later call goes out. */
export interface Death {
  readonly atCall: number
  readonly when: 'before' | 'after'
}

export interface FeishuStage {
  readonly emulator: Emulator
  readonly ann: ReturnType<Emulator['person']>
  readonly chat: ReturnType<Emulator['p2p']>
  passTime(ms: number): void
  setBack(ms: number): void
  /** `place` is the private chat unless told. */
  life(more?: {
    readonly place?: Place
    readonly streaming?: 'auto' | 'card' | 'text'
    readonly dies?: Death
    readonly learnedChat?: (openId: string, chatId: string) => void
  }): Life
  /** Calls that went out, by the emulator's names. */
  operations(): readonly string[]
  /** Cards that say they grow, on a screen or not, and words written into a card nobody sees. */
  leftovers(): { readonly generating: number; readonly unseenWrites: number }
  close(): Promise<void>
}

const SECRET = 'stage-secret'

export async function createFeishuStage(options: Options = {}): Promise<FeishuStage> {
  let nowMs = 1_767_225_600_000
  let setBackMs = 0
  const emulator = await startFeishuEmulator({
    appSecret: SECRET,
    limits: false,
    nowMs: () => nowMs,
    ...options,
  })
  const ann = emulator.person({ name: 'Ann' })
  const chat = emulator.p2p(ann)
  /** Sleeps take no time of ours. */
  const clock: Clock = {
    now: () => nowMs - setBackMs,
    elapsed: () => nowMs,
    sleep: (ms) => {
      nowMs += ms
      return Promise.resolve()
    },
  }

  return {
    emulator,
    ann,
    chat,
    passTime(ms) {
      nowMs += ms
    },
    setBack(ms) {
      setBackMs += ms
    },
    life({ place, streaming = 'auto', dies, learnedChat } = {}) {
      const log = createQuietLogger()
      const own = createOwnMessages()
      const settings = { streaming, requestsPerSecond: 0 }
      const { appId, url: domain } = emulator
      const api = createFeishuApi(
        { account: 'lark', appId, appSecret: SECRET, domain },
        { fetch, clock: realClock, log },
      )
      const outbox = createOutbox(place ?? { chatId: chat.id, direct: true }, {
        account: 'lark',
        api: dies === undefined ? api : mortal(api, dies),
        clock,
        log,
        words: keysAsWords,
        settings,
        renderer: rendererFor(settings),
        cards: createCardMemory(),
        own,
        ...(learnedChat === undefined ? {} : { learnedChat }),
      })
      return { outbox, log, isOwn: own.has }
    },
    operations: () =>
      emulator.store.calls.map(({ operation }) => operation).filter((name) => name !== 'token'),
    leftovers() {
      const cards = [...emulator.store.cards.values()]
      return {
        generating: cards.filter(({ messageId, streaming }) => messageId !== undefined && streaming !== 'off')
          .length,
        unseenWrites: cards
          .filter(({ messageId }) => messageId === undefined)
          .flatMap(({ history }) => history)
          .filter(({ operation, code }) => operation === 'cardElement.content' && code === 0).length,
      }
    },
    close: () => emulator.close(),
  }
}

function mortal(api: FeishuApi, { atCall, when }: Death): FeishuApi {
  let calls = 0
  return {
    ...api,
    async call(request, signal) {
      const at = calls
      calls += 1
      if (at < atCall) return api.call(request, signal)
      if (at === atCall && when === 'after') await api.call(request, signal)
      throw new Error('the process is dead')
    },
  }
}
