// A whole bridge over fakes: a store in memory, a scripted assistant, a platform with a screen, and hand-moved time.

import { onTestFinished } from 'vitest'
import { createPersonBudget } from '../../src/bridge/intake/allowance.ts'
import { createBridge, type Bridge } from '../../src/bridge/bridge.ts'
import { createLobby } from '../../src/bridge/lobby.ts'
import { createSpeaker } from '../../src/bridge/voice/speaker.ts'
import type { ChatEvent } from '../../src/contract/event.ts'
import type { Ack } from '../../src/contract/platform.ts'
import type { Policy } from '../../src/contract/policy.ts'
import type { Watch } from '../../src/contract/watch.ts'
import type { ToolCaller } from '../../src/net/tools.ts'
import { createPacer } from '../../src/reply/pace.ts'
import { createActions, type Actions } from '../../src/store/actions.ts'
import { createChoices } from '../../src/store/choices.ts'
import { createConversations, type Conversations } from '../../src/store/conversations.ts'
import { createJournal, type Journal } from '../../src/store/journal.ts'
import { createFiles } from '../../src/store/files.ts'
import { createForgetting } from '../../src/store/forgetting.ts'
import { createPairings } from '../../src/store/pairings.ts'
import { createToldOnce } from '../../src/store/told.ts'
import { createTokens } from '../../src/store/tokens.ts'
import { openStore, type Store } from '../../src/store/open.ts'
import { message, policy as usualPolicy, type MessageAct } from './bridge-events.ts'
import { createFakeMedia, type FakeMedia } from './fake-media.ts'
import { createFakePlatform, type FakePlatform, type FakeSettings } from './fake-platform.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { createQuietLogger, type QuietLogger } from './quiet-logger.ts'
import { createScriptedAssistant, type ScriptedAssistant } from './scripted-assistant.ts'
import { createSilentMetrics, type SilentMetrics } from './silent-metrics.ts'
import { keysAsWords } from './words.ts'

export interface BridgeHarness {
  readonly time: ManualClock
  readonly platform: FakePlatform
  readonly assistant: ScriptedAssistant
  /** What answers speak of, and what becomes of it. */
  readonly media: FakeMedia
  readonly store: Store
  readonly journal: Journal
  readonly conversations: Conversations
  readonly actions: Actions
  readonly log: QuietLogger
  readonly metrics: SilentMetrics
  readonly bridge: Bridge
  /** What stands on the platform's screen. */
  readonly screen: readonly string[]
  /** A private message of Ann's, unless told otherwise. Resolves when the bridge has taken it in. */
  say(text: string, act?: MessageAct): Promise<Ack>
  take(event: ChatEvent): Promise<Ack>
  /** Lets everything happen that needs no time, then what happens within `ms`. */
  run(ms?: number): Promise<void>
  /** The process is killed: nothing it began has an effect any more. A new one starts over the same store and screen. */
  kill(policy?: Policy): Promise<void>
  /** Running turns let go, as at the end of `drainMs`; then a new process starts. */
  restart(policy?: Policy): Promise<void>
  end(): Promise<void>
}

export interface HarnessOptions extends FakeSettings {
  readonly policy?: Policy
  readonly tools?: ToolCaller
  /** In a file, where a test looks into it; the harness closes it. */
  readonly storeUrl?: string
  /** Hears of each turn. */
  readonly watch?: Watch
}

/** Frames keep a distance, as on a real platform; "is typing…" fades. */
export const paced = {
  limits: { budgets: [{ key: 'chat', calls: 20, perMs: 20_000, minGapMs: 1_000 }], typingLastsMs: 5_000 },
} satisfies HarnessOptions

/** For use in a test: it ends with it. */
export async function setUp(options: HarnessOptions = {}): Promise<BridgeHarness> {
  const harness = await createBridgeHarness(options)
  onTestFinished(() => harness.end())
  return harness
}

export async function openTurns({ journal }: BridgeHarness): Promise<number> {
  return (await journal.open()).length
}

interface Life {
  alive: boolean
  readonly letGo: AbortController
  readonly bridge: Bridge
}

async function createBridgeHarness(options: HarnessOptions = {}): Promise<BridgeHarness> {
  const time = createManualClock()
  const { clock } = time
  const log = createQuietLogger()
  const metrics = createSilentMetrics()
  const platform = createFakePlatform('fake', clock, options)
  const assistant = createScriptedAssistant(clock)
  const store = await openStore(options.storeUrl ?? 'memory:', { clock, log, baseDir: '.' })
  const journal = createJournal(store, log)
  const conversations = createConversations(store)
  const actions = createActions(store)
  const media = createFakeMedia()
  let policy = options.policy ?? usualPolicy()
  let life = begin()

  return {
    time,
    media,
    platform,
    assistant,
    store,
    journal,
    conversations,
    actions,
    log,
    metrics,
    get bridge() {
      return life.bridge
    },
    get screen() {
      return platform.screen
    },
    say: (text, act) => take(message(text, { sentAtMs: clock.now(), ...act })),
    take,
    run,
    async kill(next) {
      life.alive = false
      await startAgain(next)
    },
    async restart(next) {
      const closed = life.bridge.close()
      life.letGo.abort(new Error('the process is stopping'))
      await closed
      await startAgain(next)
    },
    async end() {
      life.alive = false
      life.letGo.abort(new Error('the test is over'))
      await time.settle()
      await store.close()
    },
  }

  async function take(event: ChatEvent): Promise<Ack> {
    return await life.bridge.inbox(event, new AbortController().signal)
  }

  async function run(ms = 0): Promise<void> {
    await settle()
    if (ms > 0) await time.advance(ms)
    await settle()
  }

  /** A turn writes to the store several times in a row, each a few turns of the event loop. */
  async function settle(): Promise<void> {
    for (let times = 0; times < 6; times += 1) await time.settle()
  }

  async function startAgain(next: Policy | undefined): Promise<void> {
    policy = next ?? policy
    life = begin()
    await life.bridge.recover()
    await settle()
  }

  function begin(): Life {
    const letGo = new AbortController()
    const self: { alive: boolean } = { alive: true }
    const isAlive = (): boolean => self.alive
    const live = {
      ...platform.platform,
      outboxFor: (target: Parameters<typeof platform.platform.outboxFor>[0]) =>
        mortal(platform.platform.outboxFor(target), isAlive),
    }
    const budget = createPersonBudget(policy, store.coordination, createTokens(store, clock))
    const bridge = createBridge(
      {
        assistant: mortal(assistant.assistant, isAlive),
        platforms: new Map([['fake', live]]),
        policy,
        journal: mortal(journal, isAlive),
        conversations: mortal(conversations, isAlive),
        actions: mortal(actions, isAlive),
        choices: createChoices(store),
        pairings: createPairings(store, clock),
        forgetting: createForgetting(store),
        tools:
          options.tools ??
          (async ({ name }) => JSON.stringify({ error: `The tool "${name}" is not available here.` })),
        salt: 'salt',
        pacer: createPacer({ clock, log, metrics }),
        clock,
        log,
        metrics,
        words: keysAsWords,
        files: createFiles(store, 'test'),
        answerMedia: () => media.open(),
        speaker: createSpeaker({ assistant: assistant.assistant, clock, log }),
        letGo: letGo.signal,
        lastHandles: new Map(),
        budget,
        told: createToldOnce(store),
        watch: options.watch,
        lobby: createLobby({ assistant: assistant.assistant, clock }),
      },
      budget,
    )
    return Object.assign(self, { letGo, bridge })
  }
}

/** The same object, whose calls have no effect and no end once its process is dead. */
function mortal<T extends object>(target: T, isAlive: () => boolean): T {
  return new Proxy(target, {
    get(of, name, receiver) {
      const member: unknown = Reflect.get(of, name, receiver)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        if (!isAlive()) return never()
        const result: unknown = Reflect.apply(member, of, args)
        if (result instanceof Promise) return whileAlive(result, isAlive)
        if (isAsyncIterable(result)) return eventsWhileAlive(result, isAlive)
        return isSurface(result) ? mortal(result, isAlive) : result
      }
    },
  })
}

function never(): Promise<never> {
  return new Promise(() => undefined)
}

async function whileAlive(result: Promise<unknown>, isAlive: () => boolean): Promise<unknown> {
  try {
    const value = await result
    return isAlive() ? value : await never()
  } catch (error) {
    if (!isAlive()) await never()
    throw error
  }
}

async function* eventsWhileAlive(events: AsyncIterable<unknown>, isAlive: () => boolean) {
  for await (const event of events) {
    if (!isAlive()) await never()
    yield event
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

function isSurface(value: unknown): value is object {
  return typeof value === 'object' && value !== null && 'abandon' in value
}
