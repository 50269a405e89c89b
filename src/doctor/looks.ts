// What is looked at, and in which order is it told? Coze, each account, this machine.

import type { LoadedConfig } from '../config/settings.ts'
import type { Assistant } from '../contract/assistant.ts'
import type { Finding, Platform } from '../contract/platform.ts'
import type { Policy } from '../contract/policy.ts'
import type { Clock, Fetch } from '../contract/runtime.ts'
import { lookAtClock } from './clock.ts'
import { judgeLogin, type Standing } from './login.ts'
import type { Look } from './look.ts'
import { lookAtProxies, proxiesIn } from './proxy.ts'
import { lookAtSecretFiles } from './secret-files.ts'
import { lookAtServer } from './server.ts'
import type { StoreFindings } from './store.ts'
import { COZE, MACHINE } from './told.ts'
import { accountWants, assistantWants } from './wants.ts'

export interface Examined {
  readonly config: LoadedConfig
  /** As configured, its commands joined with the built-in ones. */
  readonly policy: Policy
  readonly assistant: Pick<Assistant, 'check'>
  readonly loginStanding: (signal: AbortSignal) => Promise<Standing>
  readonly platforms: ReadonlyMap<string, Platform>
  /** Looked at before all else: who runs just now changes what is a fault elsewhere. */
  readonly store: StoreFindings
  readonly fetch: Fetch
  readonly clock: Clock
  readonly machine: {
    readonly env: Readonly<Record<string, string | undefined>>
    readonly cwd: string
    /** As `process.platform`. */
    readonly platform: string
    /** Files the configuration was read from. */
    readonly files: readonly string[]
    /** A sentence where this Node is too old. */
    readonly nodeFault?: string
    readonly nodeVersion: string
    /** In one line. */
    readonly whoMayTalk: string
  }
}

/** All of them together last no longer than the slowest: a minute at most. */
const COZE_WITHIN_MS = 50_000
const ACCOUNT_WITHIN_MS = 40_000
const MACHINE_WITHIN_MS = 10_000

export function looksAt(examined: Examined): readonly Look[] {
  return [lookAtCoze(examined), ...lookAtAccounts(examined), ...looksAtMachine(examined)]
}

function lookAtCoze({ assistant, config, policy, loginStanding, clock }: Examined): Look {
  return {
    about: COZE,
    what: 'Coze',
    withinMs: COZE_WITHIN_MS,
    async run(signal) {
      const { auth } = config.coze
      const [standing, findings] = await Promise.all([
        loginStanding(signal),
        assistant.check(Object.values(policy.agents), signal, assistantWants(policy)),
      ])
      const login = judgeLogin(
        auth.kind === 'token' ? { kind: 'token', token: auth.token } : { kind: auth.kind },
        standing,
        clock.now(),
      )
      // A login that is over is refused as well: that is one fault, and its end says why.
      if (login.some(({ verdict }) => verdict === 'fault')) {
        return [...login, ...findings.filter(({ subject }) => subject !== 'Coze token')]
      }
      // A token that is not taken is no better for the day it ends on.
      const refused = findings.some(({ verdict, subject }) => verdict === 'fault' && REFUSED.has(subject))
      return refused ? findings : [...login, ...findings]
    },
  }
}

const REFUSED = new Set(['Coze token', 'Coze host', 'Coze login', 'Coze address', 'Coze flavor'])

function lookAtAccounts({ platforms, policy, store, machine }: Examined): readonly Look[] {
  const accounts = [...platforms.keys()]
  const world = {
    proxied: proxiesIn(machine.env).length > 0,
    ...(store.running === undefined ? {} : { running: store.running }),
  }
  return [...platforms].map(([account, platform]) => ({
    about: account,
    what: account,
    withinMs: ACCOUNT_WITHIN_MS,
    run: (signal) => platform.check(signal, accountWants(account, { policy, accounts }, world)),
  }))
}

function looksAtMachine(examined: Examined): readonly Look[] {
  const { config, store, machine, fetch, clock } = examined
  const look = (what: string, run: Look['run']): Look => ({
    about: MACHINE,
    what,
    withinMs: MACHINE_WITHIN_MS,
    run,
  })
  return [
    look('Node', async () => [nodeOf(machine)]),
    look('configuration', async () => configured(config, machine.whoMayTalk)),
    look('secret files', () => lookAtSecretFiles({ ...machine, secrets: config.secrets })),
    look('store', async () => store.findings),
    look('server', (signal) => lookAtServer(config.server, { fetch, signal })),
    look('clock', (signal) => lookAtClock(config.coze.apiBase, { fetch, clock, signal })),
    look('proxy', (signal) => lookAtProxies(machine.env, signal)),
  ]
}

function nodeOf({ nodeFault, nodeVersion }: Examined['machine']): Finding {
  if (nodeFault === undefined) return { verdict: 'ok', subject: 'Node', reason: nodeVersion }
  const remedy =
    'Run "npm ci", and start it through npm ("npm start"); or install a newer Node from https://nodejs.org.'
  return { verdict: 'fault', subject: 'Node', reason: nodeFault, remedy }
}

/** What a platform cannot do, and no setting changes. */
const SAID_ONLY = /menu shows no options/

function configured(config: LoadedConfig, whoMayTalk: string): readonly Finding[] {
  const from = config.file ?? 'environment variables'
  return [
    { verdict: 'ok', subject: 'configuration', reason: `is whole; read from ${from}` },
    // The store says for itself what it keeps.
    ...config.warnings
      .filter((warning) => !warning.startsWith('store is memory'))
      .map((reason): Finding => ({
        verdict: SAID_ONLY.test(reason) ? 'note' : 'warning',
        subject: 'configuration',
        reason,
        remedy: `Change it in ${config.file ?? 'the environment or the file .env'}.`,
      })),
    {
      verdict: 'ok',
      subject: 'access',
      reason: whoMayTalk.replace(/^Who may talk to it: /, '').replace(/\.$/, ''),
    },
  ]
}
