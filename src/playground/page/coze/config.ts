// What is the bridge on the page's stage told? Its whole configuration file, for the emulated Coze and for a real one.

import { FLOWS } from '../../script/workflows/said.ts'
import { platformLines } from '../../script/platform-lines.ts'
import type { PlatformName } from '../../seats.ts'

export function pageConfig(platforms: readonly PlatformName[], coze: 'emulated' | 'real'): string {
  const isEmulated = coze === 'emulated'
  return `coze:
  apiBase: "\${env:COZE_API_BASE}"
  auth: { kind: token, token: "\${env:COZE_API_TOKEN}" }
  limits: { chatsPerSecond: ${isEmulated ? 0 : 2} }
agents:
  default: { bot: "\${env:COZE_BOT_ID}" }
${isEmulated ? GUIDE : ''}platforms:
${platformLines(platforms)}
routes:
  - agent: default
    ${isEmulated ? 'agents: [default, guide]' : ''}
    reply: { reasoning: true }
    controls: { suggestions: true, stop: true, again: true, thumbs: true }
budgets: { questionsPerHour: 0 }
${isEmulated ? COMMANDS : ''}`
}

/** An agent that wants to know something first. */
const GUIDE = `  guide:
    kind: chatflow
    workflow: "${FLOWS.guide}"
    bot: "\${env:COZE_BOT_ID}"
    parameters: { place: "{platform}" }
    options:
      - name: taste
        type: choice
        required: true
        description: { en: "What do you like?", zh-CN: "喜欢什么？" }
        choices:
          - { value: quiet, label: { en: "Quiet", zh-CN: "安静" } }
          - { value: lively, label: { en: "Company", zh-CN: "热闹" } }
      - { name: nights, type: integer, required: true, description: { en: "How many nights?", zh-CN: "几晚？" } }
`

const TOPIC = `options:
      - { name: topic, type: string, required: true, description: { en: "Where to, or what for", zh-CN: "去哪里，或做什么" } }`

const COMMANDS = `commands:
  weather:
    description: { en: "The weather of a city", zh-CN: "城市天气" }
    workflow: "${FLOWS.weather}"
    options:
      - { name: city, type: string, required: true, max: 40, description: { en: "City", zh-CN: "城市" } }
      - name: unit
        type: choice
        required: true
        description: { en: "Unit", zh-CN: "单位" }
        choices:
          - { value: C, label: { en: "Celsius", zh-CN: "摄氏度" } }
          - { value: F, label: { en: "Fahrenheit", zh-CN: "华氏度" } }
      - { name: days, type: integer, min: 1, max: 7, default: 2, description: { en: "Days", zh-CN: "天数" } }
  trip:
    description: { en: "Plan a journey: it asks with buttons", zh-CN: "计划旅行，用按钮提问" }
    workflow: "${FLOWS.trip}"
    ${TOPIC}
  book:
    description: { en: "Book a room: it asks with a form", zh-CN: "预订房间，用表单提问" }
    workflow: "${FLOWS.book}"
    ${TOPIC}
  order:
    description: { en: "Look for an order", zh-CN: "查找订单" }
    workflow: "${FLOWS.order}"
    options:
      - name: number
        type: string
        required: true
        pattern: "[A-Z]{2}-[0-9]{3}"
        description: { en: "Number, like AB-123", zh-CN: "编号，如 AB-123" }
  inspect:
    description: { en: "Look into a file", zh-CN: "查看文件" }
    workflow: "${FLOWS.inspect}"
    mode: run
    show: "**{name}** has {size} bytes, sha256 {sha256}."
    options:
      - { name: document, type: file, required: true, description: { en: "File", zh-CN: "文件" } }
`
