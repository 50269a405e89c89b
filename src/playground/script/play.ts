// A whole script, played on every platform at once: `npm run playground -- --script workflows`.

import type { Words } from '../../contract/runtime.ts'
import type { CozeEmulator } from '../../emulators/coze/index.ts'
import type { Output } from '../canvas.ts'
import { sooner, type Venue } from '../hands/hands.ts'
import { venuesOf } from '../hands/venues.ts'
import type { Emulators, PlatformName, Seat } from '../seats.ts'
import type { Stage } from '../stage.ts'
import { createMeeting } from './meeting.ts'
import { createScriptPrinter } from './print.ts'
import { playScene, type Line, type SceneOutcome } from './scene.ts'
import type { Script, Step } from './step.ts'

export interface PlayOptions {
  readonly script: Script
  /** One JSON line a step and platform instead of columns for people. */
  readonly json: boolean
  /** Closed at the end. */
  readonly openStage: (
    env: Readonly<Record<string, string>>,
  ) => Promise<Partial<Emulators> & Omit<Stage, keyof Emulators>>
  readonly words: Words
  readonly output: Output
  /** For what went wrong. */
  readonly complain: (text: string) => void
  readonly signal: AbortSignal
  /** For each thing that must be seen. */
  readonly withinMs?: number
}

export const SEEN_WITHIN_MS = 20_000
const CONNECTED_WITHIN_MS = 30_000
/** Of the log, after a fault. */
const LOG_CHARS = 6_000

/** Resolves with the exit code: 0 only if every step showed what it should on every platform. */
export async function playScript(options: PlayOptions): Promise<number> {
  const { script, json, words, output, complain, signal, withinMs = SEEN_WITHIN_MS } = options
  const startedAtMs = performance.now()
  const service = await script.openService?.()
  const stage = await options.openStage(service?.env ?? {})
  const { seats } = stage
  const outcomes: SceneOutcome[] = []
  const broken = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(new Error('Broken off.')), { once: true })
  })
  try {
    const printer = createScriptPrinter(json, seats, output)
    const venues = venuesOf(stage)
    await listens(stage, venues, script)
    printer.begin(
      script,
      seats.map(({ title }) => title),
    )
    for (const [n, step] of script.steps.entries()) {
      printer.beginStep(step, n + 1)
      const playing = playStep(step, {
        seats,
        venues,
        coze: stage.coze,
        emulators: stage,
        words,
        restart: async () => {
          await stage.restartBridge()
          await listens(stage, venues, script)
        },
        onChange: (platform, transcript) => printer.change(platform, transcript),
        withinMs,
      })
      const played = await Promise.race([playing, broken])
      printer.endStep(step, played)
      outcomes.push(...played)
      if (stage.bridge.exitCode !== undefined)
        throw new Error(`The bridge ended with exit code ${stage.bridge.exitCode} before the play was over.`)
    }
    printer.end(outcomes, performance.now() - startedAtMs)
    if (outcomes.every(({ fault }) => fault === undefined)) return 0
  } catch (error) {
    complain(`${error instanceof Error ? error.message : String(error)}\n`)
  } finally {
    await stage.close()
    await service?.close()
  }
  if (signal.aborted) return 1
  complain(`The end of the bridge's log:\n${stage.bridge.output.slice(-LOG_CHARS)}`)
  return 1
}

export interface StepStage {
  readonly seats: readonly Pick<Seat, 'platform' | 'title'>[]
  readonly venues: ReadonlyMap<PlatformName, Venue>
  readonly coze: CozeEmulator
  readonly emulators: Partial<Emulators>
  readonly words: Words
  /** Kills the bridge and starts it again; resolves when it listens. */
  readonly restart: () => Promise<void>
  readonly onChange: (platform: PlatformName, transcript: readonly Line[]) => void
  readonly withinMs: number
}

/** One step on all platforms of the stage, side by side; the order is the seats'. */
export async function playStep(step: Step, stage: StepStage): Promise<readonly SceneOutcome[]> {
  const { seats, venues, coze, emulators, words, restart, onChange, withinMs } = stage
  const meeting = createMeeting(seats.length, restart)
  return await Promise.all(
    seats.map(({ platform, title }) => {
      const venue = venues.get(platform)
      if (venue === undefined) throw new Error(`nobody is at ${platform}`)
      return playScene(step, {
        platform,
        title,
        venue,
        coze,
        emulators,
        words,
        meeting,
        onChange: (transcript) => onChange(platform, transcript),
        withinMs,
      })
    }),
  )
}

/** Waits until the bridge is connected everywhere and people can give the script's commands. */
async function listens(
  stage: Pick<Stage, 'bridge' | 'seats'>,
  venues: ReadonlyMap<PlatformName, Venue>,
  { commands }: Script,
): Promise<void> {
  const missing = (): readonly string[] =>
    stage.seats.flatMap(({ platform, title, isConnected }) => {
      if (!isConnected()) return [`the bridge is not connected to ${title}`]
      const unknown = commands.filter((command) => venues.get(platform)?.offers(command) === false)
      return unknown.length === 0 ? [] : [`${title} does not offer /${unknown.join(', /')}`]
    })
  const listening = (): boolean => missing().length === 0 && stage.bridge.output.includes('"ready"')
  await sooner(() => listening() || stage.bridge.exitCode !== undefined || undefined, CONNECTED_WITHIN_MS)
  if (stage.bridge.exitCode !== undefined)
    throw new Error(`The bridge ended with exit code ${stage.bridge.exitCode} before the play began.`)
  if (!listening())
    throw new Error(`The play cannot begin: ${missing().join('; ') || 'the bridge is not ready'}.`)
}
