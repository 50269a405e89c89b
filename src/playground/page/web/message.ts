// How does one message stand in a chat? One skeleton for all platforms; the styles give each its look.

import { h } from 'preact'
import type { PageMessage } from '../protocol.ts'
import { blocksOf, fileOf } from './blocks.ts'
import { controlsOf } from './controls.ts'
import { FormView, type FormValues } from './form.ts'
import { part } from './part.ts'
import { elementId, wordsOf } from './spoken.ts'
import { me, post, reply } from './store.ts'
import { avatar, b, div, dots, p, span, symbol } from './tags.ts'
import { say } from './words.ts'

interface Props {
  readonly message: PageMessage
  readonly roomId: string
  readonly isOwn: boolean
  /** The one before is another person's, or long ago. */
  readonly isFirst: boolean
}

const QUOTED_CHARS = 80
const LONG_BLOCKS = 4

export const Message = part<Props>(() => {
  let now: Props
  const at = () => ({ roomId: now.roomId, personId: me(), messageId: now.message.id })
  const press = (controlId: string, value?: string) =>
    void post({ do: 'press', ...at(), controlId, ...(value === undefined ? {} : { value }) })
  const submit = (values: FormValues) =>
    post({ do: 'submit', ...at(), formId: now.message.form?.id ?? '', values })
  return (props) => {
    now = props
    const { message, roomId, isOwn, isFirst } = props
    const { id, author, state, edits, replyTo, files, form, controls, onlyFor } = message
    const look = `msg ${isOwn ? 'own' : 'other'} ${state} ${author.isBot ? 'bot' : ''} ${isFirst ? 'first' : ''} ${message.blocks.length > LONG_BLOCKS ? 'wide' : ''}`
    const time = timeLabel(message.postedAtMs)
    const answer = () => reply(roomId, { id, author: author.name, text: wordsOf(id, QUOTED_CHARS) })
    return h(
      'article',
      {
        id: elementId(id),
        class: onlyFor ? `${look} private` : look,
        'aria-label': `${author.name}, ${time}`,
      },
      avatar(author.name, author.isBot),
      div(
        'main',
        div('who', b('', author.name), author.isBot && span('badge', say('bot')), h('time', null, time)),
        div(
          'bubble',
          replyTo && div('quoted', b('', replyTo.author), span('', replyTo.text)),
          div('body', blocksOf(message.blocks)),
          files.length > 0 && div('files', files.map(fileOf)),
          form && h(FormView, { key: form.id, form, submit }),
          div(
            'meta',
            state !== 'final' && span('state', dots(), say(state)),
            edits > 0 && span('edits', say('edits', { n: edits })),
            h('time', null, time),
          ),
        ),
        controls.length > 0 && controlsOf(controls, press),
        onlyFor && p('note', say('onlyYou')),
      ),
      state === 'final' && symbol('reply', `${say('reply')}: ${author.name}, ${time}`, answer, 'answer'),
    )
  }
})

/** `14:05`, by the reader's clock. */
function timeLabel(ms: number): string {
  return new Date(ms).toTimeString().slice(0, 5)
}
