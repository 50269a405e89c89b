// How are the messages of a room listed, and when does the list follow what is new?

import { h } from 'preact'
import type { PageMessage, PageRoom } from '../protocol.ts'
import { Message } from './message.ts'
import { part } from './part.ts'
import { open } from './store.ts'
import { avatar, b, button, div, dots, icon, p, span } from './tags.ts'
import { say } from './words.ts'

interface Props {
  readonly room: PageRoom
  readonly messages: readonly PageMessage[]
  readonly typingUntilMs: number
  readonly personId: string
  /** All there are: the threads of a group are gone to from it. */
  readonly rooms: readonly PageRoom[]
}

/** Drawn at first; more on demand. */
const SHOWN = 80
const MAX_THREADS = 3
/** This near to the end counts as reading the newest. */
const NEAR_PX = 60
/** Messages of one person within this stand under one name. */
const TOGETHER_MS = 5 * 60_000

export const Talk = part<Props>((again) => {
  const { following, toEnd, isBehind } = follower(again)
  let shown = SHOWN
  const showMore = () => {
    shown += SHOWN
    again()
  }
  return ({ room, messages, typingUntilMs, personId, rooms }) => {
    const visible = messages.filter(({ onlyFor = personId }) => onlyFor === personId)
    const from = Math.max(0, visible.length - shown)
    const isGroup = room.kind !== 'direct'
    return div(
      'talk',
      h(
        'div',
        {
          class: 'log',
          ref: following,
          role: 'log',
          'aria-live': 'off',
          'aria-label': say('messages'),
          tabIndex: 0,
        },
        div(
          visible.length > 0 ? 'content' : 'content none',
          from > 0 && button('earlier', showMore, {}, say('earlier')),
          visible.length === 0 &&
            div(
              'empty',
              avatar('', true),
              b('', say(isGroup ? 'emptyGroup' : 'empty')),
              p('', say(isGroup ? 'emptyGroupMore' : 'emptyMore')),
            ),
          visible.slice(from).map((message, n) =>
            h(Message, {
              key: message.id,
              message,
              roomId: room.id,
              isOwn: message.author.personId === personId,
              isFirst: !isTogether(visible[from + n - 1], message),
            }),
          ),
          threadsOf(room, rooms).map(({ id, platform, title }) =>
            button(
              'threadcard',
              () => open(platform, id),
              { key: id },
              icon('thread'),
              b('', title),
              span('', say('openThread')),
            ),
          ),
          h(Typing, { untilMs: typingUntilMs }),
        ),
      ),
      isBehind() && button('newest', toEnd, {}, icon('chevron'), say('latest')),
    )
  }
})

function threadsOf(room: PageRoom, rooms: readonly PageRoom[]): readonly PageRoom[] {
  if (room.kind !== 'group') return []
  return rooms
    .filter(({ kind, platform }) => kind === 'thread' && platform === room.platform)
    .slice(-MAX_THREADS)
}

function isTogether(a: PageMessage | undefined, b: PageMessage): boolean {
  return a?.author.name === b.author.name && !b.replyTo && b.postedAtMs - a.postedAtMs < TOGETHER_MS
}

/** The list stays at its end while the reader is there, and stays where it is while the reader is elsewhere. */
function follower(again: () => void) {
  let list: HTMLElement | null = null
  let follows = true
  let isBehind = false
  const toEnd = () => {
    follows = true
    if (list) list.scrollTop = list.scrollHeight
  }
  const set = (value: boolean) => {
    if (isBehind === value) return
    isBehind = value
    again()
  }
  const sizes = new ResizeObserver(() => {
    if (follows) toEnd()
    else set(true)
  })
  const following = (element: HTMLElement | null) => {
    list = element
    sizes.disconnect()
    if (!element) return
    for (const one of [element, ...element.children]) sizes.observe(one)
    element.onscroll = () => {
      follows = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX
      if (follows) set(false)
    }
  }
  return { following, toEnd, isBehind: () => isBehind }
}

const Typing = part<{ untilMs: number }>((again) => {
  let timer: ReturnType<typeof setTimeout>
  return ({ untilMs }) => {
    const leftMs = untilMs - Date.now()
    clearTimeout(timer)
    if (leftMs <= 0) return null
    timer = setTimeout(again, leftMs)
    return p('typing', dots(), say('typing'))
  }
})
