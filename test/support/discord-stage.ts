// What do tests of the Discord adapter's connection stand on? An emulated server, and as many platforms as they like.
import { onTestFinished } from 'vitest'
import { createPlatform, type DiscordBody } from '../../adapters/discord/index.ts'
import {
  startDiscordEmulator,
  type DiscordEmulator,
  type DiscordEmulatorOptions,
  type Guild,
  type Person,
} from '../../src/emulators/discord/index.ts'
import type { ChatEvent } from '../../src/contract/event.ts'
import type { Inbox, Platform, PlatformWorld } from '../../src/contract/platform.ts'
import type { Memory } from '../../src/contract/runtime.ts'
import { countedFetch } from './counted-fetch.ts'
import { createMemoryNotes } from './memory-notes.ts'
import { createQuietLogger, type QuietLogger } from './quiet-logger.ts'
import { createRealClock, type RealClock } from './real-clock.ts'
import { createSilentMetrics } from './silent-metrics.ts'
import { keysAsWords } from './words.ts'

export interface DiscordStage {
  readonly emulator: DiscordEmulator
  readonly clock: RealClock
  readonly log: QuietLogger
  readonly memory: Memory
  readonly ann: Person
  readonly guild: Guild
  /** A platform of the account, or of a part of it; stopped with the test. */
  open(part?: string, settings?: Readonly<Record<string, unknown>>): Platform<DiscordBody>
  world(signal?: AbortSignal): PlatformWorld
  /** HTTP calls under way. */
  requests(): number
}

export const PATIENCE_MS = 15_000

export async function discordStage(options: DiscordEmulatorOptions = {}): Promise<DiscordStage> {
  const emulator = await startDiscordEmulator({ limits: false, ...options })
  const clock = createRealClock()
  const log = createQuietLogger()
  const memory = createMemoryNotes()
  const { fetch, open: requests } = countedFetch()
  const platforms: Platform<DiscordBody>[] = []
  const idle = new AbortController()
  onTestFinished(async () => {
    for (const platform of platforms) await platform.stop()
    await emulator.close()
  })
  const ann = emulator.person({ name: 'Ann' })
  const guild = emulator.guild({ members: [ann] })
  return {
    emulator,
    clock,
    log,
    memory,
    ann,
    guild,
    requests,
    open(part, settings = {}) {
      const all = { token: emulator.token, apiBase: emulator.url, messageContent: true, ...settings }
      const tools = { clock, log, metrics: createSilentMetrics(), words: keysAsWords, fetch }
      const platform = createPlatform('discord', all, tools, part)
      platforms.push(platform)
      return platform
    },
    world: (signal = idle.signal) => ({ commands: [], memory, signal }),
  }
}

/** Stores as the bridge does: each event once, by its id. */
export function onceInbox(): { readonly inbox: Inbox; readonly texts: () => readonly string[] } {
  const events = new Map<string, ChatEvent>()
  return {
    async inbox(event) {
      if (!events.has(event.id)) events.set(event.id, event)
      return { show: 'nothing' }
    },
    texts: () => [...events.values()].map((event) => (event.kind === 'message' ? event.text : event.kind)),
  }
}
