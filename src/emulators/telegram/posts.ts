// Which of the bot's posts does the bot know of? Those whose answer reached it.
//
// An answer that was handed to the system is not read yet. If the bot is killed before it reads it, its system resets the
// connection instead of closing it: that is seen here, as long as no further call came over the same connection.
import type { Socket } from 'node:net'
import { isObject } from './args.ts'
import type { History } from './history.ts'

/** New messages of one call, an album as one. */
export interface Post {
  readonly method: string
  readonly chatId: number
  readonly messageIds: readonly number[]
  /** Wall clock and `performance.now()` of the emulator's process: when the messages stood in the chat. */
  readonly atMs: number
  readonly atPerfMs: number
  /** `lost`: the connection was gone first, the answer was never read, or a fault put something else in its place. */
  readonly answer: 'underway' | 'handed-over' | 'lost'
  /** When the whole answer was with the system. What the bot did with it within the next moment is not known here. */
  readonly answeredAtMs?: number
}

/** What becomes of one post's answer. */
export interface PostWatch {
  handedOver(socket: Socket | null): void
  lost(): void
}

export interface Posts {
  /** Undefined when the result is no post. */
  watch(call: { readonly method: string; readonly result: unknown }): PostWatch | undefined
  /** A further call came over this connection: all answers before it were read. */
  heardFrom(socket: Socket): void
}

interface Clock {
  nowMs(): number
  changed(): void
}

export function createPosts(posts: History<Post>, { nowMs, changed }: Clock): Posts {
  const unread = new WeakMap<Socket, () => void>()
  const watched = new WeakSet<Socket>()

  return {
    watch({ method, result }) {
      const messages = (Array.isArray(result) ? result : [result]).filter(isMessage)
      const [first] = messages
      if (first === undefined || !/^(?:send|copy|forward)/i.test(method)) return undefined
      const post: { -readonly [K in keyof Post]: Post[K] } = {
        method,
        chatId: first.chat.id,
        messageIds: messages.map(({ message_id: id }) => id),
        atMs: nowMs(),
        atPerfMs: performance.now(),
        answer: 'underway',
      }
      posts.push(post)
      changed()
      const lost = (): void => {
        post.answer = 'lost'
        changed()
      }
      return {
        lost,
        handedOver(socket) {
          post.answer = 'handed-over'
          post.answeredAtMs = nowMs()
          if (socket !== null) watchSocket(socket, lost)
          changed()
        },
      }
    },
    heardFrom: (socket) => void unread.delete(socket),
  }

  function watchSocket(socket: Socket, lost: () => void): void {
    unread.set(socket, lost)
    if (watched.has(socket)) return
    watched.add(socket)
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') unread.get(socket)?.()
      unread.delete(socket)
    })
  }
}

function isMessage(
  value: unknown,
): value is { readonly message_id: number; readonly chat: { readonly id: number } } {
  if (!isObject(value) || typeof value['message_id'] !== 'number') return false
  const chat = value['chat']
  return isObject(chat) && typeof chat['id'] === 'number'
}
