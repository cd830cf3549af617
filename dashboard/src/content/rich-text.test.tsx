import { render } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { RichText } from "./rich-text.tsx";

describe("rich text", () => {
  const html = (content: string) => render(<RichText content={content} />).container.innerHTML;

  it("knows WhatsApp's marks", () => {
    expect(html("*bold* _it_ ~no~ `x`")).toMatch(/<strong>bold<\/strong> <em>it<\/em> <s>no<\/s> <code[^>]*>x<\/code>/);
    expect(html("*a _b_*")).toBe("<strong>a <em>b</em></strong>");
  });

  it("knows its lists, quotations and code", () => {
    expect(html("- a *b*\n* c")).toMatch(/<ul[^>]*><li>a <strong>b<\/strong><\/li><li>c<\/li><\/ul>/);
    expect(html("3. a\n4. b")).toMatch(/<ol start="3"[^>]*><li>a<\/li><li>b<\/li><\/ol>/);
    expect(html("> *why*\nbye")).toMatch(/<blockquote[^>]*><strong>why<\/strong><\/blockquote>bye/);
    expect(html("```a *b*\n- c```")).toMatch(/<code[^>]*>a \*b\*\n- c<\/code>/);
    expect(html("a ```*b*``` c")).toMatch(/^a <code[^>]*>\*b\*<\/code> c$/);
  });

  it("leaves alone what only looks like one", () => {
    for (const plain of ["2*3*4", "snake_case_name", "*list", "1.5 l", "a * b * c"]) expect(html(plain)).toBe(plain);
  });

  it("links only web addresses, and never runs anything", () => {
    expect(html("see https://example.com/a?b=c.")).toContain('href="https://example.com/a?b=c"');
    expect(html("www.example.com/a")).toContain('href="https://www.example.com/a"');
    expect(html("*https://example.com/a*")).toContain('href="https://example.com/a"');
    expect(html("rana@www.example.com")).not.toContain("<a");
    expect(html("javascript:alert(1)")).not.toContain("<a");
    expect(html("<img src=x onerror=alert(1)>")).toBe("&lt;img src=x onerror=alert(1)&gt;");
  });
});
