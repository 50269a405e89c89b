// What a bridge needs from the world, made from its configuration and given back at the end.

import type { LoadedConfig } from './config/settings.ts'
import type { Assistant } from './contract/assistant.ts'
import { createCozeAssistant } from './coze/index.ts'
import { createToolCaller, type ToolCaller } from './net/tools.ts'
import { openPlatforms, type OpenPlatforms, type StartWorld } from './platforms.ts'
import { createPacer, type Pacer } from './reply/pace.ts'
import { createActions, type Actions } from './store/actions.ts'
import { createChoices, type Choices } from './store/choices.ts'
import { createConversations, type Conversations } from './store/conversations.ts'
import { createJournal, type Journal } from './store/journal.ts'
import { openStore, type Store } from './store/open.ts'
import { readSalt } from './store/salt.ts'

export type { StartWorld } from './platforms.ts'

export interface Resources extends OpenPlatforms {
  readonly store: Store
  readonly journal: Journal
  readonly conversations: Conversations
  readonly actions: Actions
  readonly choices: Choices
  readonly tools: ToolCaller
  readonly salt: string
  readonly assistant: Assistant
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
  })
  return {
    ...open,
    store,
    journal: createJournal(store, log),
    conversations: createConversations(store),
    actions: createActions(store),
    choices: createChoices(store),
    tools: createToolCaller({ tools: policy.tools, fetch, clock, log }),
    salt: await readSalt(store),
    assistant: coze,
    pacer: createPacer({ clock, log, metrics }),
    async close() {
      await store.close()
      await Promise.all([open.close(), coze.close()])
    },
  }
}

function usesProxy(env: StartWorld['env']): boolean {
  return ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'].some((name) => (env[name] ?? '') !== '')
}
