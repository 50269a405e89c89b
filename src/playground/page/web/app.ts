// What stands on the page: the bar, the hints, three panes, the drawer, what is asked before all else?

import { h, type ComponentChildren } from 'preact'
import type { PageHint } from '../protocol.ts'
import { Bar } from './bar.ts'
import { CozePanel } from './coze-panel.ts'
import { FormView } from './form.ts'
import { Pane } from './pane.ts'
import { ask, closeForm, isSeen, look, post } from './store.ts'
import { button, div, focusFirst, h2, p, symbol } from './tags.ts'
import { openRoom, PLATFORMS, type Whole } from './view.ts'
import { WirePanel } from './wire-panel.ts'
import { say } from './words.ts'

export function App({ page, view }: Whole) {
  return div(
    'app',
    h(Bar, { page, view }),
    view.trouble && h('p', { class: 'away', role: 'alert' }, say(view.trouble)),
    hints({ page, view }),
    h(
      'main',
      null,
      PLATFORMS.map((platform) => h(Pane, { key: platform, platform, page, view })),
    ),
    view.drawer !== 'closed' && drawer({ page, view }),
    modal({ page, view }),
    view.isAddingPerson && newPerson(),
  )
}

/** For a newcomer: one press asks in every chat that can be seen. */
function hints({ page, view }: Whole) {
  const askAll = (hint: PageHint) => {
    const { personId, lang } = view
    for (const platform of PLATFORMS) {
      const room = openRoom(page, view, platform)
      if (!room || !isSeen(platform)) continue
      const mention = room.kind !== 'direct'
      void post({ do: 'say', roomId: room.id, personId, text: hint.text[lang], mention }, platform)
    }
  }
  return div(
    'hints',
    p('', say('welcome')),
    page.hints.map((hint) =>
      button('hint', () => askAll(hint), { title: hint.text[view.lang] }, hint.label[view.lang]),
    ),
  )
}

function drawer({ page, view }: Whole) {
  const close = () => look({ drawer: 'closed' })
  const tab = (name: 'coze' | 'wire') =>
    button('tab', () => look({ drawer: name }), { 'aria-current': view.drawer === name }, say(name))
  const { bridge, coze, behaviours } = page
  return h(
    'aside',
    {
      class: 'drawer',
      'aria-label': say('controls'),
      onKeyDown: ({ key }: KeyboardEvent) => key === 'Escape' && close(),
    },
    h('header', null, tab('coze'), tab('wire'), symbol('close', say('close'), close)),
    view.drawer === 'wire' ? h(WirePanel, {}) : h(CozePanel, { bridge, coze, behaviours, lang: view.lang }),
  )
}

/** The oldest form that waits for this person. */
function modal({ page, view: { personId } }: Whole) {
  const waiting = page.forms.find((one) => one.personId === personId)
  if (!waiting) return null
  const { form, roomId } = waiting
  const platform = page.rooms.find(({ id }) => id === roomId)?.platform
  const close = () => closeForm(form.id)
  const submit = async (values: Readonly<Record<string, string>>) => {
    const isTaken = await post({ do: 'submit', roomId, personId, formId: form.id, values }, platform)
    if (isTaken) close()
    return isTaken
  }
  return dialog(form.id, form.title, platform ?? '', close, h(FormView, { form, submit, cancel: close }))
}

function newPerson() {
  const close = () => look({ isAddingPerson: false })
  const choices = [
    { value: 'en', label: 'English' },
    { value: 'zh', label: '中文' },
  ]
  const form = {
    id: 'person',
    title: say('addPerson'),
    submitLabel: say('add'),
    fields: [
      { name: 'name', label: say('name'), kind: 'line', isRequired: true, max: 24 },
      { name: 'locale', label: say('language'), kind: 'choice', isRequired: true, choices },
    ],
  } as const
  const submit = async ({ name = '', locale }: Readonly<Record<string, string>>) => {
    const { personId } = await ask({ do: 'addPerson', name, locale: locale === 'zh' ? 'zh' : 'en' })
    look({ isAddingPerson: false, ...(personId === undefined ? {} : { personId }) })
    return true
  }
  return dialog('person', form.title, '', close, h(FormView, { form, submit, cancel: close }))
}

/** Esc and the cross close it; a click beside it does not, so that nothing typed is lost by a slip. */
function dialog(id: string, title: string, look: string, close: () => void, content: ComponentChildren) {
  const onCancel = (event: Event) => {
    event.preventDefault()
    close()
  }
  return h(
    'dialog',
    { key: id, ref: show, class: `dialog ${look}`, 'aria-label': title, onCancel },
    h('header', null, h2('', title), symbol('close', say('close'), close)),
    content,
  )
}

function show(element: HTMLDialogElement | null): void {
  // It is on the page only after the rest of it was drawn.
  queueMicrotask(() => {
    if (!element?.isConnected || element.open) return
    element.showModal()
    focusFirst(element)
  })
}
