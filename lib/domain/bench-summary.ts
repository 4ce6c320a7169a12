/** One figure over many requests, in ms, under the names of `vllm bench serve`. */
type BenchFigures<Name extends string> = {
  [Key in
    | `mean_${Name}_ms`
    | `median_${Name}_ms`
    | `std_${Name}_ms`
    | `p90_${Name}_ms`
    | `p99_${Name}_ms`]?: number
}

/**
 * Replies summed up as `vllm bench serve --save-result` does it. Figures of which there is no
 * measurement are absent, where that tool writes 0.
 */
export type BenchSummary = BenchFigures<'ttft'> &
  BenchFigures<'tpot'> &
  BenchFigures<'itl'> &
  BenchFigures<'e2el'> & {
    /** First request to last end, in seconds; idle time in between counts. */
    duration: number
    completed: number
    /** Failed or interrupted; stopped ones count nowhere. */
    failed: number
    total_input_tokens: number
    total_output_tokens: number
    request_throughput?: number
    output_throughput?: number
    total_token_throughput?: number
    /** Requests a second that met every target; null without targets. */
    request_goodput: number | null
  }

/** Upper limits in ms, as `vllm bench serve --goodput ttft:200 tpot:50` takes them. */
export type GoodputTargets = { ttft?: number; tpot?: number; e2el?: number }
