// A person's values become what a workflow takes: files are passed on and named by their id.

import type { Json, OptionValue, TakenFile } from '../../contract/event.ts'
import type { Notice, NoticeKey } from '../../contract/notice.ts'
import { isAttachment } from '../../fields/values.ts'
import type { Scene } from './scene.ts'

export type Parameters =
  | { readonly ok: true; readonly parameters: Readonly<Record<string, Json>> }
  /** One file could not be passed on: without it the run would be another one. */
  | { readonly ok: false; readonly notice: Notice }

/** `{"file_id":"…"}`, as text, is how a workflow takes a file. Coze docs: run workflow. Rejects only when the turn ends. */
export async function parametersOf(
  values: Readonly<Record<string, OptionValue>>,
  { turn, world, signal }: Pick<Scene, 'turn' | 'world' | 'signal'>,
): Promise<Parameters> {
  const parameters: Record<string, Json> = {}
  for (const [name, value] of Object.entries(values)) {
    if (!isAttachment(value)) {
      parameters[name] = value
      continue
    }
    const taken = await world.uploads.take(turn, value, signal)
    if (taken.as !== 'file') return { ok: false, notice: noticeOf(taken, value.name ?? name) }
    parameters[name] = JSON.stringify({ file_id: taken.fileId })
  }
  return { ok: true, parameters }
}

/** Without its file the run would be another one: it is not "left out", it is missing. */
function noticeOf(taken: TakenFile, name: string): Notice {
  if (taken.as !== 'nothing') return { key: 'file.notTaken', params: { name } }
  const { key } = taken.notice
  if (TOLD_AS_IT_IS.has(key)) return taken.notice
  const isRefused = key === 'media.wrongType' || key === 'media.unknownType' || key === 'media.noFiles'
  return { key: isRefused ? 'file.notTaken' : 'file.notSent', params: { name } }
}

const TOLD_AS_IT_IS: ReadonlySet<string> = new Set([
  'media.tooLarge',
  'media.tooLargeHere',
  'media.empty',
] satisfies NoticeKey[])

/** The one value of an answer in words. */
export function textIn(values: Readonly<Record<string, Json | OptionValue>>): string {
  const [value = ''] = Object.values(values)
  return typeof value === 'string' ? value : JSON.stringify(value)
}
