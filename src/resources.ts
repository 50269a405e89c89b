// What a bridge needs from the world, made from its configuration and given back at the end.

import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { createLobby, type Lobby } from './bridge/lobby.ts'
import { createAnswerMediaMaker, type AnswerMediaMaker } from './bridge/media/answer-maker.ts'
import { createSharing, type Sharing } from './bridge/media/sharing.ts'
import { createSpeaker, type Speaker } from './bridge/voice/speaker.ts'
import { readVersion } from './assets.ts'
import type { LoadedConfig } from './config/settings.ts'
import type { Assistant } from './contract/assistant.ts'
import type { Watch } from './contract/watch.ts'
import { createCozeAssistant, type CozeLoad, type LoginStanding, type Take } from './coze/index.ts'
import { cleanAssistant, scrubbedAssistant } from './filtered-assistant.ts'
import { loginFrom } from './login.ts'
import { findFfmpeg } from './media/ffmpeg.ts'
import { createSpool } from './media/spool.ts'
import { createDownloader } from './net/download.ts'
import { createToolCaller, type ToolCaller } from './net/tools.ts'
import { openObserving, type Observing } from './observing.ts'
import { openPlatforms, type OpenPlatforms, type StartWorld } from './platforms.ts'
import { createPacer, type Pacer } from './reply/pace.ts'
import { createConfigNotes, type ConfigNotes } from './server/status/config-notes.ts'
import { createActions, type Actions } from './store/actions.ts'
import { createChoices, type Choices } from './store/choices.ts'
import { createConversations, type Conversations } from './store/conversations.ts'
import { createFiles, type Files } from './store/files.ts'
import { createForgetting, type Forgetting } from './store/forgetting.ts'
import { openStore, type Store } from './store/open.ts'
import { createPairings, type Pairings } from './store/pairings.ts'
import { readSalt } from './store/salt.ts'

export type { StartWorld } from './platforms.ts'

export interface Resources extends OpenPlatforms {
  readonly store: Store
  readonly conversations: Conversations
  readonly actions: Actions
  readonly choices: Choices
  readonly pairings: Pairings
  readonly forgetting: Forgetting
  readonly tools: ToolCaller
  readonly files: Files
  readonly speaker: Speaker
  readonly answerMedia: AnswerMediaMaker
  readonly salt: string
  readonly assistant: Assistant
  /** How the login at Coze stands; renews what would run out otherwise. Never rejects. */
  readonly loginStanding: (signal: AbortSignal) => Promise<LoginStanding>
  readonly lobby: Lobby
  readonly sharing: Sharing
  readonly pacer: Pacer
  readonly observing: Observing
  /** Hears of each turn. */
  readonly watch: Watch | undefined
  readonly cozeLoad: () => CozeLoad
  readonly configNotes: ConfigNotes
  readonly version: string
}

/** Rejects when something cannot be opened; then nothing is left open, and another configuration may have the store. */
export async function openResources(config: LoadedConfig, world: StartWorld): Promise<Resources> {
  const closers: Closer[] = []
  try {
    return await openEach(config, world, (close) => closers.push(close))
  } catch (error) {
    // What went wrong first is what the owner has to read.
    for (const close of closers.toReversed()) await close().catch(() => undefined)
    throw error
  }
}

type Closer = () => Promise<void>

async function openEach(
  config: LoadedConfig,
  world: StartWorld,
  opened: (close: Closer) => void,
): Promise<Resources> {
  const open = await openPlatforms(config, world)
  opened(open.close)
  const { clock, log, metrics, fetch, policy } = open
  const store = await openStore(config.store, { clock, log, baseDir: world.cwd })
  opened(store.close)
  const version = await readVersion()
  const observing = await openObserving({ ...open, env: world.env, version })
  opened(observing.close)
  const coze = createCozeAssistant({
    apiBase: config.coze.apiBase,
    flavor: config.coze.flavor,
    login: loginFrom(config.coze, store),
    rates: config.coze.limits,
    limits: config.coze.timeouts,
    proxyEnv: world.env,
    clock,
    log,
    metrics,
    ...sharedLimits(config, store),
  })
  opened(coze.close)
  const assistant = scrubbedAssistant(cleanAssistant(coze), open.secrets.scrubWords)
  const pacer = createPacer({ clock, log, metrics })
  const allowHosts = [...config.media.allowHosts, hostOf(config.coze.apiBase)]
  const downloader = createDownloader({ allowHosts, env: world.env, clock })
  opened(downloader.close)
  const spool = createSpool({ dir: tmpdir() })
  opened(spool.close)
  const ffmpeg = await findFfmpeg(world.env['PATH'])
  return {
    ...open,
    store,
    conversations: createConversations(store, { clock, retention: policy.retention }),
    actions: createActions(store),
    choices: createChoices(store, { clock, retention: policy.retention }),
    pairings: createPairings(store, clock),
    forgetting: createForgetting(store),
    tools: createToolCaller({ tools: () => policy.tools, fetch, clock, log }),
    files: createFiles(store, loginOf(config)),
    speaker: createSpeaker({ assistant, clock, log, ...(ffmpeg === undefined ? {} : { ffmpeg }) }),
    answerMedia: createAnswerMediaMaker({ ...open, assistant, downloader, spool }),
    salt: await readSalt(store),
    assistant,
    loginStanding: coze.client.loginStanding,
    lobby: createLobby({ assistant, clock }),
    sharing: createSharing(),
    pacer,
    observing,
    watch: observing.watch,
    cozeLoad: coze.load,
    configNotes: createConfigNotes(clock, config),
    version,
    async close() {
      // A renewed login is kept before the store closes.
      await coze.close()
      await store.close()
      await Promise.all([open.close(), downloader.close(), spool.close(), observing.close()])
    },
  }
}

/** Several processes count together; and what holds for a day is not forgotten by a restart. */
function sharedLimits(config: LoadedConfig, { kind, coordination }: Store) {
  if (kind !== 'redis' && config.coze.limits.chatsPerDay === 0) return {}
  const login = createHash('sha256').update(loginOf(config)).digest('hex').slice(0, 16)
  const takeFrom =
    (key: string): Take =>
    (windows) =>
      coordination.take(`coze|${key}|${login}`, windows)
  return { shared: { chats: takeFrom('chats'), uploads: takeFrom('uploads') } }
}

/** Files at the assistant belong to whoever is logged in there. */
function loginOf({ coze: { apiBase, auth } }: LoadedConfig): string {
  return `${apiBase} ${auth.kind === 'token' ? auth.token : auth.clientId}`
}

/** The host that answers us is trusted as far as files go: a Coze Studio at home, say. */
function hostOf(apiBase: string): string {
  return new URL(apiBase).host
}
