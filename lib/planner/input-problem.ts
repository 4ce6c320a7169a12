/** Why an input cannot be used; the sentence is `plan.inputs.<code>`, filled with `values`. */
export type InputProblem = {
  code:
    | 'config-not-json'
    | 'config-not-object'
    | 'config-field-missing'
    | 'config-field-invalid'
    | 'config-attention-unsupported'
    | 'config-architecture-unsupported'
    | 'config-quantization-unsupported'
    | 'gpu-unknown'
    | 'model-unknown'
    | 'weights-unknown'
    | 'kv-cache-dtype-unknown'
    | 'number-invalid'
    | 'version-unknown'
  values: Record<string, string | number>
}

export type Parsed<T> = { value: T } | { problem: InputProblem }

export function isProblem<T>(parsed: Parsed<T>): parsed is { problem: InputProblem } {
  return 'problem' in parsed
}
