// How Teams draws cards, near enough to see what a colleague sees: its fonts, spacings and the colours of both themes.

const palette = {
  light: { back: "#ffffff", soft: "#f5f5f5", text: "#242424", subtle: "#616161", accent: "#4f52b2", good: "#0e700e", warning: "#835b00", attention: "#b10e1c", line: "#d1d1d1" },
  dark: { back: "#292929", soft: "#1f1f1f", text: "#ffffff", subtle: "#adadad", accent: "#9299f7", good: "#54b054", warning: "#fde300", attention: "#e37d80", line: "#666666" },
};

export function hostConfig(theme) {
  const p = palette[theme];
  const shade = (color) => ({ default: color, subtle: color });
  const foregroundColors = {
    default: { default: p.text, subtle: p.subtle },
    accent: shade(p.accent),
    good: shade(p.good),
    warning: shade(p.warning),
    attention: shade(p.attention),
  };
  return {
    supportsInteractivity: true,
    fontFamily: "Segoe UI, system-ui, Arial, sans-serif",
    fontSizes: { small: 12, default: 14, medium: 14, large: 18, extraLarge: 24 },
    fontWeights: { lighter: 300, default: 400, bolder: 600 },
    lineHeights: { small: 16, default: 20, medium: 20, large: 24, extraLarge: 32 },
    spacing: { small: 8, default: 12, medium: 16, large: 20, extraLarge: 24, padding: 16 },
    separator: { lineThickness: 1, lineColor: p.line },
    containerStyles: {
      default: { backgroundColor: p.back, foregroundColors },
      emphasis: { backgroundColor: p.soft, foregroundColors },
    },
    actions: { maxActions: 6, buttonSpacing: 8, actionsOrientation: "horizontal", actionAlignment: "left", spacing: "default" },
    factSet: {
      title: { weight: "bolder", wrap: true, maxWidth: 120 },
      value: { weight: "default", wrap: true },
      spacing: 12,
    },
    inputs: {
      label: { inputSpacing: "small", requiredInputs: { weight: "bolder", suffix: " *", suffixColor: "attention" }, optionalInputs: { weight: "bolder" } },
      errorMessage: { color: "attention", size: "small", weight: "default" },
    },
    textBlock: { headingLevel: 2 },
  };
}

export function styleSheet(theme, width) {
  const p = palette[theme];
  return `
    * { box-sizing: border-box; }
    body { margin: 0; background: ${p.back}; color: ${p.text}; font: 14px/20px "Segoe UI", system-ui, Arial, sans-serif; }
    #card { width: ${width}px; }
    .ac-adaptiveCard { border: 1px solid ${p.line}; border-radius: 6px; }
    .ac-adaptiveCard:focus { outline: none; }
    p { margin: 0; } p + p { margin-top: 8px; }
    .ac-actionSet { flex-wrap: wrap; row-gap: 8px; overflow: visible !important; }
    .ac-pushButton { font: inherit; font-weight: 600; padding: 5px 12px; min-height: 32px; border-radius: 4px; border: 1px solid ${p.line}; background: ${p.back}; color: ${p.text}; cursor: pointer; white-space: normal; overflow-wrap: anywhere; }
    .ac-pushButton.style-positive { background: #5b5fc7; border-color: #5b5fc7; color: #ffffff; }
    .ac-pushButton:focus-visible, .ac-input:focus-visible, input:focus-visible { outline: 2px solid ${p.text}; outline-offset: 1px; }
    .ac-input.ac-textInput, .ac-input.ac-multichoiceInput, input.ac-input { font: inherit; width: 100%; min-height: 32px; padding: 5px 10px; border: 1px solid ${p.line}; border-radius: 4px; background: ${p.soft}; color: ${p.text}; }
    textarea { min-height: 96px !important; resize: vertical; }
    input[type=radio] { margin: 4px 8px 4px 0; }
    .ac-ctrl-popup-container, .ac-overflowMenu { background: ${p.back}; color: ${p.text}; border: 1px solid ${p.line}; }
  `;
}
