// The Feishu and Lark adapter: one account, connected. Start here; `inbound` and `outbox` are the two directions.
import type { Health, Platform, PlatformTools } from '../../src/contract/platform.ts'
import type { Memory } from '../../src/contract/runtime.ts'
import { PlatformError } from '../../src/contract/errors.ts'
import { createFeishuApi } from './api.ts'
import type { FeishuBody } from './body.ts'
import { unstoredAnswer } from './callback-answer.ts'
import { createCardNotes } from './card-notes.ts'
import { checkAccount } from './check.ts'
import { publishedMenu, publishMenu } from './commands.ts'
import { createCompleter } from './complete.ts'
import { connect, type Connection } from './connect.ts'
import { createDirectChats } from './direct-chats.ts'
import { toPlatformError } from './errors.ts'
import { openFile } from './files.ts'
import { createIntake, type Intake } from './intake.ts'
import type { Self } from './mentions.ts'
import { createNames } from './names.ts'
import { createCardMemory, createOutbox, rendererFor, type OutboxParts } from './outbox.ts'
import { createOwnMessages } from './own.ts'
import { placeToJson, readPlace } from './place.ts'
import { CARD_ACTION } from './push.ts'
import { createRoles, type Roles } from './roles.ts'
import { createSelfNotes, type SelfNotes } from './self-notes.ts'
import { readFeishuSettings } from './settings.ts'
import { keepSocket } from './socket.ts'
import { createThreads } from './threads.ts'
import { createWebhookHandler } from './webhook.ts'

export type { FeishuBody } from './body.ts'
export type { FeishuSettings } from './settings.ts'

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 60_000

/** `settings`: a `FeishuSettings`; throws `TypeError` when it is none. */
export function createPlatform(
  account: string,
  settings: unknown,
  tools: PlatformTools,
): Platform<FeishuBody> {
  const set = readFeishuSettings(account, settings)
  const { appId, domain } = set
  const { clock, fetch, words } = tools
  const log = tools.log.child({ account })
  const api = createFeishuApi({ account, appId, appSecret: set.appSecret, domain }, { fetch, clock, log })
  const connection: Connection = { account, api, clock, domain }
  const own = createOwnMessages()
  const stopping = new AbortController()
  /** Outlives `stopping`: what was taken in is still stored. */
  const closing = new AbortController()
  let memory: Memory | undefined
  /** Whether we know who we are, and whether events can come. */
  let identity: Health = { state: 'starting', because: 'not started yet' }
  let line: Health = set.mode === 'webhook' ? { state: 'up' } : { state: 'starting', because: 'connecting' }
  let me: Self | undefined
  let notes: SelfNotes | undefined
  let intake: Intake | undefined
  let roles: Roles | undefined
  let running: Promise<unknown> = Promise.resolve()
  const chats = createDirectChats(() => memory)
  const threads = createThreads(() => memory)
  const shared: OutboxParts = {
    account,
    api,
    clock,
    log,
    words,
    settings: set,
    renderer: rendererFor(set),
    own,
    cards: createCardMemory(),
    notes: createCardNotes(() => memory, clock),
  }
  const complete = createCompleter({
    account,
    appId,
    api,
    log,
    names: createNames(account, api, log),
    own,
    me: () => me,
  })

  return {
    account,

    async start(inbox, world) {
      const signal = AbortSignal.any([world.signal, stopping.signal])
      memory = world.memory
      notes = createSelfNotes(appId, world.memory, log)
      me = await notes.read()
      if (world.rolesWanted === true)
        roles = createRoles({ account, api, clock, log, signal: closing.signal })
      intake = createIntake({
        account,
        clock,
        log,
        words,
        inbox,
        chats,
        threads,
        ...(roles === undefined ? {} : { roles }),
        me: () => me,
        reading: () => ({ commands: world.commands, allowBots: set.allowBots, isOwn: own.has }),
        signal: closing.signal,
      })
      await tryToConnect(signal)
      const socket = set.mode === 'websocket' ? openSocket(signal) : undefined
      running = Promise.all([keepAsking(signal), socket?.done])
      await socket?.first
    },

    async stop() {
      stopping.abort()
      await intake?.settled()
      await running
      closing.abort()
      await roles?.settled()
      identity = { state: 'stopped' }
    },

    outboxFor: (target) => createOutbox(readPlace(target), shared),
    openAttachment: (attachment, signal) => openFile({ account, api, clock }, attachment, signal),
    complete,
    publishCommands: (commands, signal) => publishMenu({ account, api, log, memory }, commands, signal),
    publishedCommands: (signal) => publishedMenu({ account, api }, signal),
    async openDirect(person) {
      await chats.load(person)
      const chatId = chats.of(person)
      const place = { openId: person, direct: true, ...(chatId === undefined ? {} : { chatId }) }
      return { account, place: placeToJson(place) }
    },
    check: (signal, wants) =>
      checkAccount({ ...connection, settings: set, fetch, rolesWanted: roles !== undefined }, signal, wants),
    health: () => (identity.state === 'up' ? line : identity),
    ...(set.mode === 'webhook'
      ? {
          webhook: {
            path: account,
            handle: createWebhookHandler({ settings: set, clock, log, words, offer: offering }),
          },
        }
      : {}),
  }

  /** Rejects for a wrong app id or secret alone. */
  async function tryToConnect(signal: AbortSignal): Promise<void> {
    try {
      if (set.mode === 'websocket' && !/^cli_[0-9a-f]{16}$/i.test(appId)) {
        throw new PlatformError(
          account,
          'denied',
          'appId is not one of Feishu: cli_ and 16 hexadecimal digits',
        )
      }
      const bot = await connect(connection, signal)
      me = bot
      identity = { state: 'up' }
      log.info({ bot: bot.name, mode: set.mode }, 'connected to Feishu')
      await notes?.write(bot)
      if (!bot.enabled) log.warn({}, 'the bot is not enabled in the console: nobody can write to it')
    } catch (error) {
      const failure = toPlatformError(account, 'connect', error, signal)
      if (failure.kind !== 'denied' && signal.aborted) return
      identity = { state: 'down', because: failure.message }
      if (failure.kind === 'denied') throw failure
      log.warn({ kind: failure.kind }, 'Feishu cannot be reached yet; trying on', failure)
    }
  }

  /** Until we know who we are: without it no mention in a group is ours. */
  async function keepAsking(signal: AbortSignal): Promise<void> {
    try {
      for (
        let pauseMs = FIRST_PAUSE_MS;
        identity.state !== 'up';
        pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2)
      ) {
        await clock.sleep(pauseMs, signal)
        await tryToConnect(signal)
      }
    } catch (error) {
      // The stop ends the wait; a refused secret ends the attempts, and health says so.
      if (!signal.aborted) log.error({}, 'Feishu refuses app id or secret', error)
    }
  }

  function openSocket(signal: AbortSignal): ReturnType<typeof keepSocket> {
    return keepSocket({
      account,
      appId,
      appSecret: set.appSecret,
      domain,
      fetch,
      ...(tools.proxyEnv === undefined ? {} : { proxyEnv: tools.proxyEnv }),
      clock,
      log,
      offer: async (push) => {
        const offer = offering()
        if (offer !== undefined) return offer(push)
        // Other pushes are offered again.
        if (push.type === CARD_ACTION) return unstoredAnswer(words, 'refused')
        throw new Error('the bridge is stopping')
      },
      settled: async () => intake?.settled(),
      setHealth(state) {
        line = state
      },
      signal,
    })
  }

  function offering(): Intake['offer'] | undefined {
    return stopping.signal.aborted ? undefined : intake?.offer
  }
}
