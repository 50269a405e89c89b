// How does Coze answer, which Coze is it, and how does the bridge do?

import { h } from 'preact'
import type { PageBehaviour, PageBridge, PageCoze } from '../protocol.ts'
import { FormView, type FormValues } from './form.ts'
import { part } from './part.ts'
import { post } from './store.ts'
import { b, button, div, h2, p, span } from './tags.ts'
import { say, type Lang } from './words.ts'

interface Props {
  readonly bridge: PageBridge
  readonly coze: PageCoze
  readonly behaviours: readonly PageBehaviour[]
  readonly lang: Lang
}

export const CozePanel = part<Props>(() => ({ bridge, coze, behaviours, lang }) => {
  const choice = ({ id, label, says }: PageBehaviour) =>
    h(
      'label',
      { key: id },
      h('input', {
        type: 'radio',
        name: 'behaviour',
        checked: coze.kind === 'emulated' && coze.behaviour === id,
        onChange: () => void post({ do: 'behave', behaviour: id }),
      }),
      b('', label[lang]),
      span('', says[lang]),
    )
  return div(
    'panels',
    h(
      'section',
      null,
      h2('', say('bridge')),
      p(`bridge ${bridge.state}`, span('lamp'), say(bridge.state)),
      bridge.state === 'ended' &&
        h('pre', { class: 'logged', tabIndex: 0 }, `${say('exitCode')}: ${bridge.exitCode}\n`, bridge.log),
      p('says', say('killSays')),
      button('btn danger', () => void post({ do: 'killBridge' }), {}, say('kill')),
    ),
    coze.kind === 'emulated'
      ? h(
          'section',
          null,
          h('h2', { id: 'how' }, say('how')),
          p('says', say('howSays')),
          h(
            'div',
            { class: 'behaviours', role: 'radiogroup', 'aria-labelledby': 'how' },
            behaviours.map(choice),
          ),
        )
      : h(
          'section',
          null,
          h2('', 'Coze: ', coze.apiBase),
          p('says', say('botId'), ': ', coze.botId),
          button('btn plain', () => void post({ do: 'useEmulated' }), {}, say('useEmulated')),
        ),
    h(
      'details',
      { class: 'real' },
      h('summary', null, say('real')),
      p('says', say('realSays')),
      h(FormView, { form: realForm(), submit: connect, secret: 'token' }),
    ),
  )
})

const realForm = () =>
  ({
    id: 'real',
    title: say('real'),
    submitLabel: say('use'),
    fields: [
      {
        name: 'apiBase',
        label: say('address'),
        kind: 'line',
        isRequired: true,
        value: 'https://api.coze.cn',
      },
      { name: 'token', label: say('token'), kind: 'line', isRequired: true },
      { name: 'botId', label: say('botId'), kind: 'line', isRequired: true },
    ],
  }) as const

const connect = ({ apiBase = '', token = '', botId = '' }: FormValues) =>
  post({ do: 'useCoze', apiBase, token, botId })
