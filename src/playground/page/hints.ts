// What may a newcomer try first?

import type { PageHint } from './protocol.ts'

export const HINTS: readonly PageHint[] = [
  {
    label: { en: 'Say hello', zh: '打个招呼' },
    text: { en: 'Hello! What can you do?', zh: '你好！你会什么？' },
  },
  {
    label: { en: 'A command', zh: '命令' },
    text: { en: '/weather city=Oslo unit=C days=3', zh: '/weather city=上海 unit=C days=3' },
  },
  { label: { en: 'With buttons', zh: '带按钮的命令' }, text: { en: '/trip the sea', zh: '/trip 去海边' } },
  { label: { en: 'With a form', zh: '带表单的命令' }, text: { en: '/book a holiday', zh: '/book 度假' } },
  {
    label: { en: 'A picture', zh: '图片' },
    text: { en: 'Draw something !picture', zh: '画点什么 !picture' },
  },
  { label: { en: 'Ask back', zh: '反问' }, text: { en: 'I want to travel !ask', zh: '我想旅行 !ask' } },
  { label: { en: 'Very long', zh: '很长' }, text: { en: '!long 9000', zh: '!long 9000' } },
  { label: { en: 'Help', zh: '帮助' }, text: { en: '/help', zh: '/help' } },
]
