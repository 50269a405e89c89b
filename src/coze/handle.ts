// Which chat does a handle stand for?

import type { Handle } from '../contract/assistant.ts'
import { AssistantError } from '../contract/errors.ts'
import type { ChatKey } from './chat.ts'
import { garbledFailure } from './errors.ts'
import type { ChatKind } from './stream.ts'

export interface ChatHandle extends ChatKey {
  readonly kind: ChatKind
}

export function toHandle(kind: ChatKind, conversationId: string, chatId: string): Handle {
  return { kind, conversationId, chatId }
}

/** Reads a handle of ours back. `userId` is the conversation's. */
export function readHandle(handle: Handle, userId: string): ChatHandle {
  const { conversationId, chatId } = handle
  if (typeof conversationId !== 'string' || typeof chatId !== 'string' || chatId === '') {
    throw new AssistantError(garbledFailure('handle', 'not a handle of this assistant'))
  }
  return { kind: handle['kind'] === 'chatflow' ? 'chatflow' : 'chat', conversationId, chatId, userId }
}
