// What a bridge needs from the world, made from its configuration and given back at the end.

import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { createLobby, type Lobby } from './bridge/lobby.ts'
import { createAnswerMediaMaker, type AnswerMediaMaker } from './bridge/media/answer-maker.ts'
import { createSharing, type Sharing } from './bridge/media/sharing.ts'
import { createSpeaker, type Speaker } from './bridge/voice/speaker.ts'
import type { LoadedConfig } from './config/settings.ts'
import type { Assistant } from './contract/assistant.ts'
import { createCozeAssistant, type Take } from './coze/index.ts'
import { cleanAssistant, scrubbedAssistant } from './filtered-assistant.ts'
import { findFfmpeg } from './media/ffmpeg.ts'
import { createSpool } from './media/spool.ts'
import { createDownloader } from './net/download.ts'
import { createToolCaller, type ToolCaller } from './net/tools.ts'
import { openPlatforms, type OpenPlatforms, type StartWorld } from './platforms.ts'
import { createPacer, type Pacer } from './reply/pace.ts'
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
  readonly lobby: Lobby
  readonly sharing: Sharing
  readonly pacer: Pacer
}

export async function openResources(config: LoadedConfig, world: StartWorld): Promise<Resources> {
  const open = await openPlatforms(config, world)
  const { clock, log, metrics, fetch, policy } = open
  const store = await openStore(config.store, { clock, log, baseDir: world.cwd })
  const coze = createCozeAssistant({
    apiBase: config.coze.apiBase,
    flavor: config.coze.flavor,
    login: config.coze.auth,
    rates: config.coze.limits,
    limits: config.coze.timeouts,
    useEnvProxy: usesProxy(world.env),
    clock,
    log,
    metrics,
    ...sharedLimits(config, store),
  })
  const assistant = scrubbedAssistant(cleanAssistant(coze), open.secrets.scrubWords)
  const pacer = createPacer({ clock, log, metrics })
  const allowHosts = [...config.media.allowHosts, hostOf(config.coze.apiBase)]
  const downloader = createDownloader({ allowHosts, env: world.env, clock })
  const spool = createSpool({ dir: tmpdir() })
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
    lobby: createLobby({ assistant, clock }),
    sharing: createSharing(),
    pacer,
    async close() {
      await store.close()
      await Promise.all([open.close(), coze.close(), downloader.close(), spool.close()])
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

function usesProxy(env: StartWorld['env']): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => (env[name] ?? '') !== '')
}
