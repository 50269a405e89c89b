// A Telegram account for the fuzzer: the real adapter, a server that answers what the fuzzer says, and time that passes
// only where nothing else can happen.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createPlatform, type TelegramBody } from '../../../adapters/telegram/index.ts'
import type { ChatEvent } from '../../../src/contract/event.ts'
import type { Platform } from '../../../src/contract/platform.ts'
import type { CommandSpec } from '../../../src/contract/policy.ts'
import type { Clock, Fetch, LogFields, Logger } from '../../../src/contract/runtime.ts'
import { createMemoryNotes } from '../../support/memory-notes.ts'
import { createSilentMetrics } from '../../support/silent-metrics.ts'
import { keysAsWords } from '../../support/words.ts'

const TOKEN = '99:fuzz-token-fuzz-token'
const ROOT = 'http://telegram.invalid'
const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'ask',
    description: { en: 'Ask' },
    options: [{ name: 'file', type: 'file', required: true, description: { en: 'A file' } }],
    does: { kind: 'builtin', builtin: 'help' },
  },
]
/** Whatever an input makes the adapter wait for is over by then. */
const MAX_STEPS = 2_000
/** So many turns of the loop without anything under way mean that only time helps. */
const IDLE_TURNS = 6

export interface Stage {
  readonly platform: Platform<TelegramBody>
  /** What a method is answered, as raw bytes. */
  readonly answers: Map<string, Uint8Array>
  readonly eventCount: number
  start(): Promise<void>
  /** The next poll is answered so; resolves when the one after it waits. */
  answerPoll(answer: Uint8Array): Promise<void>
  /** Throws for what went wrong unseen since it was last called. */
  check(): void
  /** Whether this event came lately. */
  hasSeen(id: string): boolean
  close(): Promise<void>
}

export function createStage(settings: Readonly<Record<string, unknown>>): Stage {
  const time = createStepClock()
  const faults: string[] = []
  const answers = new Map<string, Uint8Array>([
    ['getMe', bytesOf({ ok: true, result: { id: 99, is_bot: true, username: 'emu_bot' } })],
    ['getChatAdministrators', bytesOf({ ok: true, result: [{ status: 'creator', user: { id: 42 } }] })],
  ])
  let waitingPoll: ((answer: Uint8Array) => void) | undefined
  let eventCount = 0
  const newest: string[] = []
  const ending = new AbortController()

  const fetch: Fetch = async (url, init) => {
    if (url.startsWith(`${ROOT}/file/bot${TOKEN}/`)) {
      if (new URL(url).pathname.startsWith(`/file/bot${TOKEN}/`)) return new Response('four')
      throw new Error('the download left its folder')
    }
    const method = url.startsWith(`${ROOT}/bot${TOKEN}/`) ? (url.split('/').at(-1) ?? '') : undefined
    if (method === undefined) {
      faults.push('a call went elsewhere')
      throw new Error('nobody is there')
    }
    if (method !== 'getUpdates') return new Response(answers.get(method) ?? '{"ok":true,"result":true}')
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
    waitingPoll = resolve
    init?.signal?.addEventListener('abort', () => {
      if (waitingPoll === resolve) waitingPoll = undefined
      reject(new Error('aborted'))
    })
    return new Response(await promise)
  }
  const platform = createPlatform(
    'telegram',
    { token: TOKEN, apiRoot: ROOT, ...settings },
    {
      clock: time.clock,
      log: watchingLogger(faults),
      metrics: createSilentMetrics(),
      words: keysAsWords,
      fetch,
    },
  )

  return {
    platform,
    answers,
    get eventCount() {
      return eventCount
    },
    start: () =>
      platform.start(
        async (event) => {
          eventCount += 1
          newest.push(event.id)
          if (newest.length > 200) newest.shift()
          faults.push(...faultsOf(event))
          return { show: 'notice', notice: { key: 'action.done' } }
        },
        { commands: COMMANDS, memory: createMemoryNotes(), rolesWanted: true, signal: ending.signal },
      ),
    async answerPoll(answer) {
      await untilPolled()
      waitingPoll?.(answer)
      waitingPoll = undefined
      await untilPolled()
    },
    check() {
      const [first] = faults.splice(0)
      if (first !== undefined) throw new Error(first)
    },
    hasSeen: (id) => newest.includes(id),
    async close() {
      ending.abort()
      await platform.stop()
    },
  }

  async function untilPolled(): Promise<void> {
    let idle = 0
    for (let step = 0; waitingPoll === undefined; step++) {
      if (step > MAX_STEPS) throw new Error('it does not poll any more')
      await nextTurn()
      idle += 1
      if (idle >= IDLE_TURNS) {
        time.wakeNext()
        idle = 0
      }
    }
  }
}

/** What the core relies on of any event. */
function faultsOf(event: ChatEvent): readonly string[] {
  const faults: string[] = []
  if (!event.id.startsWith('telegram:')) faults.push(`an event called ${event.id}`)
  if (!Number.isFinite(event.sentAtMs)) faults.push('an event without a time')
  if ('sender' in event && typeof event.sender.id !== 'string') faults.push('a sender without an id')
  if ('address' in event && !/^-?\d+$/.test(event.address.chatId)) faults.push('a chat without an id')
  if (JSON.stringify(JSON.parse(JSON.stringify(event))) !== JSON.stringify(event)) {
    faults.push('an event that cannot be stored')
  }
  return faults
}

/** Keeps nothing; says when a secret is told, or when an update could not be read. */
function watchingLogger(faults: string[]): Logger {
  const look =
    (isFault: boolean) =>
    (fields: LogFields, message: string, error?: unknown): void => {
      const cause = error instanceof Error ? `${error.message} ${String(error.stack)}` : ''
      if (`${message} ${JSON.stringify(fields)} ${cause}`.includes(TOKEN)) faults.push('the token is told')
      if (isFault) faults.push(`${message} ${cause}`)
    }
  const logger: Logger = {
    debug: look(false),
    info: look(false),
    warn: look(false),
    error: look(true),
    child: () => logger,
  }
  return logger
}

interface StepClock {
  readonly clock: Clock
  /** Time passes until the first sleeper wakes. */
  wakeNext(): void
}

function createStepClock(): StepClock {
  let nowMs = 0
  const sleepers = new Map<() => void, number>()
  return {
    clock: {
      now: () => 1_795_225_016_000 + nowMs,
      elapsed: () => nowMs,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          const giveUp = (): void => {
            sleepers.delete(wake)
            reject(new Error('aborted'))
          }
          const wake = (): void => {
            signal?.removeEventListener('abort', giveUp)
            resolve()
          }
          if (signal?.aborted === true) giveUp()
          else {
            sleepers.set(wake, nowMs + Math.max(0, ms))
            signal?.addEventListener('abort', giveUp, { once: true })
          }
        }),
    },
    wakeNext() {
      const [first] = [...sleepers].toSorted(([, a], [, b]) => a - b)
      if (first === undefined) return
      const [wake, dueMs] = first
      nowMs = Math.max(nowMs, dueMs)
      sleepers.delete(wake)
      wake()
    },
  }
}

function bytesOf(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value))
}
