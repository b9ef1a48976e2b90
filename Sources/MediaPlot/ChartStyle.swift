/// One sheet for both preferences: every line and text has at least 3:1 contrast with its ground.
///
/// Plain rules first, then the dark ones, so a viewer that knows no media queries shows the light
/// form. All rules start at `.chart`, so a page that inlines the document keeps its own look.
let chartStyleSheet = """
  <style>
  .chart{font:12px system-ui,"DejaVu Sans",sans-serif}
  .chart text{fill:#1b1f24}
  .chart .title{font-size:16px;font-weight:600}
  .chart .panel{font-weight:600}
  .chart .tick,.chart .quiet{fill:#57606a}
  .chart .middle{text-anchor:middle}
  .chart .end{text-anchor:end}
  .chart .ground{fill:#fff}
  .chart path,.chart .frame{fill:none}
  .chart .grid{stroke:#e6eaef}
  .chart .frame{stroke:#c3cad2}
  .chart .marker{stroke:#77818c}.chart .dashed{stroke-dasharray:2 2}
  .chart .series{stroke-width:1.5;stroke-linejoin:round}
  .chart .c0{stroke:#0a5fc2}.chart .c1{stroke:#c2410c}.chart .c2{stroke:#15803d}
  .chart .c3{stroke:#8b2fc9}.chart .c4{stroke:#8a6100}.chart .c5{stroke:#b8266f}
  .chart .dot{fill:none;stroke-width:2}
  @media (prefers-color-scheme:dark){
  .chart text{fill:#e8edf2}
  .chart .tick,.chart .quiet{fill:#a2adb8}
  .chart .ground{fill:#14181d}
  .chart .grid{stroke:#262d35}
  .chart .frame{stroke:#434d58}
  .chart .marker{stroke:#87929e}
  .chart .c0{stroke:#6cb0ff}.chart .c1{stroke:#ff9a5c}.chart .c2{stroke:#5fd38a}
  .chart .c3{stroke:#cfa2ff}.chart .c4{stroke:#e3b341}.chart .c5{stroke:#ff8fc0}
  }
  </style>
  """
