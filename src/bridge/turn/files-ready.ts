// A question waits for its files: how far they are, people see.

import type { Notice } from '../../contract/notice.ts'
import type { FileProgress } from '../media/uploads.ts'
import type { Scene } from './scene.ts'

/** Most files are there before anybody wonders. Our choice, like the next. */
const SHOWN_AFTER_MS = 1_500
const SHOWN_EVERY_MS = 1_000
const READY = new Error('the files are ready')

/** Resolves when every file of the turn is taken, or left out. Rejects when the turn ends. */
export async function filesReady({ turn, world, screen, signal, log }: Scene): Promise<void> {
  const { uploads, clock } = world
  uploads.begin(turn)
  const ready = new AbortController()
  const showing = showProgress(AbortSignal.any([signal, ready.signal]))
  try {
    await uploads.ready(turn, signal)
  } finally {
    ready.abort(READY)
    await showing
  }

  async function showProgress(until: AbortSignal): Promise<void> {
    try {
      await clock.sleep(SHOWN_AFTER_MS, until)
      for (;;) {
        const notice = progressNotice(uploads.progress(turn))
        if (notice) screen.setStatus(screen.say(notice))
        await clock.sleep(SHOWN_EVERY_MS, until)
      }
    } catch (error) {
      if (!until.aborted) log.debug({ reason: String(error) }, 'progress is no longer shown')
      screen.setStatus(undefined)
    }
  }
}

export function progressNotice(files: readonly FileProgress[]): Notice | undefined {
  const open = files.filter(({ isDone }) => !isDone)
  const [only] = open
  if (!only) return undefined
  if (open.every(({ doing }) => doing === 'hearing')) return { key: 'voice.hearing' }
  if (files.length > 1) {
    return { key: 'media.uploadingMany', params: { done: files.length - open.length, count: files.length } }
  }
  const { name, sentBytes, totalBytes } = only
  const percent = totalBytes > 0 ? Math.min(99, Math.floor((100 * sentBytes) / totalBytes)) : 0
  return { key: 'media.uploading', params: { name, percent } }
}
