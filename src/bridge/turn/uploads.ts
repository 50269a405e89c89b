// A person's values become what a workflow takes: files are passed on and named by their id.

import { AssistantError, PlatformError } from '../../contract/errors.ts'
import type { Attachment, Json, OptionValue } from '../../contract/event.ts'
import type { Notice } from '../../contract/notice.ts'
import { isAttachment } from '../../fields/values.ts'
import type { Scene } from './scene.ts'

export type Parameters =
  | { readonly ok: true; readonly parameters: Readonly<Record<string, Json>> }
  /** One file could not be passed on: without it the run would be another one. */
  | { readonly ok: false; readonly notice: Notice }

/** `{"file_id":"…"}`, as text, is how a workflow takes a file. Coze docs: run workflow. Rejects only when the turn ends. */
export async function parametersOf(
  values: Readonly<Record<string, OptionValue>>,
  scene: Pick<Scene, 'turn' | 'world' | 'log' | 'signal'>,
): Promise<Parameters> {
  const parameters: Record<string, Json> = {}
  for (const [name, value] of Object.entries(values)) {
    if (!isAttachment(value)) {
      parameters[name] = value
      continue
    }
    const upload = await uploaded(value, scene)
    if (!upload.ok) return { ok: false, notice: { key: upload.why, params: { name: value.name ?? name } } }
    parameters[name] = JSON.stringify({ file_id: upload.fileId })
  }
  return { ok: true, parameters }
}

/** The one value of an answer in words. */
export function textIn(values: Readonly<Record<string, Json | OptionValue>>): string {
  const [value = ''] = Object.values(values)
  return typeof value === 'string' ? value : JSON.stringify(value)
}

type Upload =
  | { readonly ok: true; readonly fileId: string }
  | { readonly ok: false; readonly why: 'file.notSent' | 'file.notTaken' }

async function uploaded(
  file: Attachment,
  { turn, world, log, signal }: Pick<Scene, 'turn' | 'world' | 'log' | 'signal'>,
): Promise<Upload> {
  const platform = world.platforms.get(turn.record.asked.address.account)
  const upload = world.assistant.upload?.bind(world.assistant)
  if (!platform || !upload) return { ok: false, why: 'file.notSent' }
  try {
    const opened = await platform.openAttachment(file, signal)
    const named =
      file.name === undefined || opened.name !== undefined ? opened : { ...opened, name: file.name }
    return { ok: true, fileId: (await upload(named, signal)).fileId }
  } catch (error) {
    signal.throwIfAborted()
    const kind =
      error instanceof AssistantError
        ? error.failure.kind
        : error instanceof PlatformError
          ? error.kind
          : 'unknown'
    log.warn({ kind }, 'a file could not be passed on', error)
    // Of a kind the assistant does not take: sending it again would not help.
    const isRefused = error instanceof AssistantError && (kind === 'rejected' || kind === 'unsupported')
    return { ok: false, why: isRefused ? 'file.notTaken' : 'file.notSent' }
  }
}
