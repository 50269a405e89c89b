// Files of accepted turns on their way to the assistant, beside the lanes: platforms' links do not wait.
//
// What became of each is written into its turn's record, so that a restart goes on with what is left. A file is known by its
// reference: a turn that joins another finds what is under way already.

import type { Attachment, JsonObject, OptionValue, TakenFile } from '../../contract/event.ts'
import type { Platform } from '../../contract/platform.ts'
import type { Logger } from '../../contract/runtime.ts'
import type { TurnRecord } from '../../contract/turn.ts'
import { isAttachment } from '../../fields/values.ts'
import { untilAborted } from '../../reply/wait.ts'
import { createGate } from '../gate.ts'
import type { Progress } from './progress.ts'
import { takeFile, type TakeHow, type TakeWorld } from './take-file.ts'

/** Whatever holds a turn's record. */
export interface Holder {
  record: TurnRecord
  readonly stop: AbortController
}

export interface UploadsWorld extends TakeWorld {
  readonly platforms: ReadonlyMap<string, Platform>
  readonly letGo: AbortSignal
  /** How a file of this turn is taken. */
  howFor(record: TurnRecord, file: Attachment, use: TakeHow['use']): TakeHow
  /** Writes the record down; never rejects. */
  save(record: TurnRecord): Promise<void>
}

export interface Uploads {
  /** Begins with what the turn's record brings. Safe to repeat. */
  begin(turn: Holder): void
  /** Nothing more is written into this turn's record: it ends, or another one takes its place. */
  leave(turn: Holder): void
  /** Resolves when all files of the turn are taken (or left out). Rejects when the signal aborts. */
  ready(turn: Holder, signal: AbortSignal): Promise<void>
  /** One file that came with an answer, or in a form. */
  take(turn: Holder, file: Attachment, signal: AbortSignal): Promise<TakenFile>
  /** Of the files of this turn that are under way. */
  progress(turn: Holder): readonly FileProgress[]
}
export interface FileProgress extends Progress {
  readonly name: string
  readonly isDone: boolean
}

interface Job {
  readonly done: Promise<TakenFile>
  progress: FileProgress
}

/** Each holds a piece of a file and two connections. Our choice. */
const AT_ONCE = 8
/** A question of more files is no question. */
export const MOST_FILES = 30

export function createUploads(world: UploadsWorld): Uploads {
  const gate = createGate(AT_ONCE)
  const jobs = new Map<string, Job>()
  const left = new WeakSet<Holder>()

  return {
    begin(turn) {
      for (const { file, use } of filesOf(turn.record)) void follow(turn, file, use)
    },
    leave(turn) {
      left.add(turn)
    },
    async ready(turn, signal) {
      const all = Promise.all(filesOf(turn.record).map(({ file, use }) => follow(turn, file, use)))
      await untilAborted(all, signal)
    },
    async take(turn, file, signal) {
      if (file.taken) return file.taken
      return await untilAborted(jobFor(turn, file, 'parameter').done, signal)
    },
    progress: ({ record }) =>
      filesOf(record).flatMap(({ file, use }) => jobs.get(keyOf(record, file, use))?.progress ?? []),
  }

  /** Never rejects. */
  async function follow(turn: Holder, file: Attachment, use: TakeHow['use']): Promise<void> {
    try {
      const taken = await jobFor(turn, file, use).done.catch((error: unknown) =>
        lostOnTheWay(turn, file, error),
      )
      if (left.has(turn)) return
      const next = withTaken(turn.record, file.ref, taken)
      if (next === turn.record) return
      turn.record = next
      await world.save(next)
    } catch (error) {
      if (!turn.stop.signal.aborted && !world.letGo.aborted)
        logOf(turn.record).error({}, 'a file was not noted', error)
    }
  }

  /** A defect of ours: the person is told as if the file could not be had. */
  function lostOnTheWay({ stop, record }: Holder, { name = '' }: Attachment, error: unknown): TakenFile {
    if (stop.signal.aborted || world.letGo.aborted) throw error
    logOf(record).error({}, 'a file got lost on its way', error)
    return { as: 'nothing', notice: { key: 'media.unavailable', params: { name } } }
  }

  function logOf({ id, asked }: TurnRecord): Logger {
    return world.log.child({ turn: id, account: asked.address.account })
  }

  function jobFor(turn: Holder, file: Attachment, use: TakeHow['use']): Job {
    const { record } = turn
    const key = keyOf(record, file, use)
    const known = jobs.get(key)
    if (known) return known
    const how = world.howFor(record, file, use)
    const progress = { doing: 'uploading', sentBytes: 0, totalBytes: file.sizeBytes ?? 0 } as const
    const job: Job = { done: run(), progress: { ...progress, name: how.name, isDone: false } }
    jobs.set(key, job)
    return job

    async function run(): Promise<TakenFile> {
      const signal = AbortSignal.any([turn.stop.signal, world.letGo])
      try {
        const platform = world.platforms.get(record.asked.address.account)
        if (!platform) throw new Error(`no platform is configured under "${record.asked.address.account}"`)
        const onProgress = (now: Progress): void => {
          job.progress = { ...job.progress, ...now }
        }
        const own = { ...world, log: logOf(record) }
        const taken = await gate(signal, () => takeFile(file, platform, how, own, onProgress, signal))
        world.metrics.count('bridge_files_total', { as: taken.as })
        return taken
      } finally {
        job.progress = { ...job.progress, isDone: true }
        jobs.delete(key)
      }
    }
  }
}

interface OpenFile {
  readonly file: Attachment
  readonly use: TakeHow['use']
}

/** What is still to be taken. */
function filesOf({ asked, command }: TurnRecord): readonly OpenFile[] {
  const values = Object.values(command?.values ?? {}).filter(isAttachment)
  const use = command === undefined ? 'question' : 'parameter'
  return [
    ...(command === undefined ? asked.attachments : []).map((file): OpenFile => ({ file, use })),
    ...values.map((file): OpenFile => ({ file, use })),
  ].filter(({ file }) => file.taken === undefined)
}

function keyOf({ asked }: TurnRecord, { ref }: Attachment, use: TakeHow['use']): string {
  return `${asked.address.account} ${use} ${JSON.stringify(ref)}`
}

/** The record with what became of the file, wherever the file stands in it by now; itself where nothing changes. */
export function withTaken(record: TurnRecord, ref: JsonObject, taken: TakenFile): TurnRecord {
  const mark = JSON.stringify(ref)
  const isIt = (file: Attachment): boolean => file.taken === undefined && JSON.stringify(file.ref) === mark
  const { asked, command } = record
  const values = Object.entries(command?.values ?? {})
  if (!asked.attachments.some(isIt) && !values.some(([, value]) => isAttachment(value) && isIt(value))) {
    return record
  }
  const change = (file: Attachment): Attachment => (isIt(file) ? { ...file, taken } : file)
  const changed: Record<string, OptionValue> = {}
  for (const [name, value] of values) changed[name] = isAttachment(value) ? change(value) : value
  return {
    ...record,
    asked: { ...asked, attachments: asked.attachments.map(change) },
    ...(command === undefined ? {} : { command: { ...command, values: changed } }),
  }
}
