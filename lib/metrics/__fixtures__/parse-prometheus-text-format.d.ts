declare module 'parse-prometheus-text-format' {
  export default function parsePrometheusText(text: string): {
    name: string
    help: string
    type: string
    metrics: { value?: string; labels?: Record<string, string> }[]
  }[]
}
