// Which chat, or which run, does a handle stand for?

import type { Handle } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { ChatKey } from './chat.ts'
import { garbledFailure, unsupportedFailure } from './errors.ts'
import { compact, toList } from './json.ts'
import type { ChatKind } from './stream.ts'

export interface ChatHandle extends ChatKey {
  readonly kind: ChatKind
}

/** An asynchronous run. Complete: nothing else is needed to follow it, whoever asks. */
export interface RunHandle {
  readonly kind: 'run'
  readonly workflow: string
  readonly executeId: string
  readonly userId: string
  /** By the wall clock: a run is followed for a day, over restarts. */
  readonly startedAtMs: number
  /** The template its result is shown by. */
  readonly show?: string
  /** Output nodes that stood on the screen before it waited for a person. */
  readonly told?: readonly string[]
  /** The interrupt that was answered last, at `startedAtMs`. */
  readonly answered?: string
}

export function toHandle(kind: ChatKind, conversationId: string, chatId: string): Handle {
  return { kind, conversationId, chatId }
}

export function toRunHandle(run: Omit<RunHandle, 'kind'>): Handle {
  return compact({ kind: 'run', ...run })
}

/** Reads a handle of a chat back. `userId` is the conversation's. Throws `AssistantError`. */
export function readHandle(handle: Handle, userId: string): ChatHandle {
  const { kind, conversationId, chatId } = handle
  if (kind === 'run') throw new AssistantError(unsupportedFailure('this for the run of a workflow'))
  if (typeof conversationId !== 'string' || typeof chatId !== 'string' || chatId === '') {
    throw new AssistantError(garbledFailure('handle', 'not a handle of this assistant'))
  }
  return { kind: kind === 'chatflow' ? 'chatflow' : 'chat', conversationId, chatId, userId }
}

/** Undefined when it is not that of a run. */
export function readRunHandle(handle: Handle): RunHandle | undefined {
  const { kind, workflow, executeId, userId, startedAtMs, show, answered } = handle
  if (kind !== 'run' || typeof workflow !== 'string' || typeof executeId !== 'string') return undefined
  const told = toList(handle['told']).filter((title) => typeof title === 'string')
  return {
    kind,
    workflow,
    executeId,
    userId: typeof userId === 'string' ? userId : '',
    startedAtMs: typeof startedAtMs === 'number' ? startedAtMs : 0,
    ...(typeof show === 'string' ? { show } : {}),
    ...(told.length === 0 ? {} : { told }),
    ...(typeof answered === 'string' ? { answered } : {}),
  }
}
