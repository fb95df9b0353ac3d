using Waggle.Survey.Measuring.CSharp;

namespace Waggle.Survey.Tests.Measuring.CSharp;

/// <summary>Compares syntax that is easily misread with Roslyn's syntax trees.</summary>
public sealed class RoslynSyntaxTests
{
    public static TheoryData<string> Members => new(
        "int? A; T? B() where T : class => a ? b : c; (int?, string?) C => d is E ? f : g;",
        "int M(int? a, T? b = null) => (int?)a is { } c ? c : b as T? ?? 0;",
        "object M() => F(a < b, c > d) ? G<A, B>(c) ? 1 : 2 : x?.y?[0] ?? z; bool N => a?.5 : 1 > 0;",
        "string M() => $\"{a,5:F2} {(b ? c : d)} {{e ? f : g}} {h switch { 1 => \"{\", _ => $\"{i ?? j}\" }}\";",
        "string M() => $$\"\"\"\n  {a ? b : c} {{(d ? e : f)}} \"\"\n\n  \"\"\" + @\"a\"\"b // {\n\n\" + @$\"x{y ?? z}\n\" + \"\"\"\"a \"\"\" b\"\"\"\";",
        "void M() { char a = '\"', b = '\\'', c = '{'; if (a == '\\\\') { } var d = 1..^2; var e = 1.5e-3 + 0xE-1; }",
        "bool M(object a) => a is > 0 and < 9 or not (B or C { D: 1 or 2 } or [1, .., var e]) and { };",
        "int M(object a) => a switch { int b when b > 0 && b < 9 => 1, (1, _) or [..] => 2, { } when c => 3, null => 4, _ => 5, };",
        "int M() { switch (a, b) { case (1, 2) when c: case { D: 1 } or E: return 1; case F<G?, H> i: goto case 3; default: goto default; } }",
        "void M() { a: b: while (c) { } if (d) e(); else if (f) g(); else { if (h) i(); } do j(); while (k || l); }",
        "void M() { foreach (var a in b) for (int c = 0, d = e ? 1 : 2; c < d; c++, d--) lock (f) using (g) fixed (byte* h = i) while (j) if (k) l(); }",
        "async Task M() { await foreach (var a in b) { } await using (c) { if (d) { } } await using var e = f ?? g; using var h = i; }",
        "void M() { try { } catch (A) when (b && c) { } catch { if (d) { } } finally { while (e) { } } checked { if (f) { } } unsafe { } }",
        "void M() { int N() => a ? 1 : 2; static async Task<T?> O<T>(T b) where T : class { return c ?? d; } [X] void P() { void Q() { } } }",
        "void M() { (int a, int b) N(int c) { return (c, d); } ref readonly int O() => ref e; int*[] P() => null; A.B<C>.D[]? Q() => null; }",
        "void M() { a(b => { if (c) { } }); d(delegate { while (e) { } }); f(delegate (int g) { if (h) { } }); i((j, k) => j ? k : l); }",
        "Func<int, int> A = b => { if (b > 0) return 1; return b ?? 2; }; delegate*<int, void> C; delegate int D(int e);",
        "int A { get; set { if (b) { } } } = c ? 1 : 2; int D { get => e ?? f; private init; } int G => h; required int I { get; init; }",
        "[X(a ? 1 : 2)] void M() { } [X] int A { [X(b && c)] get => 1; [X(d || e)] init; } [X(f ?? g)] class D { [return: X(h ? 1 : 2)] int N() => 1; }",
        "int this[int a, int b = 1] { get { return c && d ? 1 : 2; } set { } } int I.this[string a] => 1; string I<int>.P => null;",
        "event A B { add { if (c) { } } remove { } } event A C, D; event A I.E { add => f(); remove => g(); }",
        "public static bool operator ==(A a, A b) => a && b; static A operator >>(A a, int b) => a; static A operator checked +(A a, A b) => a;",
        "public static implicit operator B(A a) => a; static explicit operator (int, C<D>)(A a) => default; static A I.operator -(A a) { return a; }",
        "C(int a) : this(a ? 1 : 2) { } C() : base(b ?? c) => d(); ~C() { if (e) { } } static C() { }",
        "void I.M() { } IEnumerator<T> IEnumerable<T>.GetEnumerator() => null; A.B C.D<E>.F<G>() => null; abstract void N(); extern int O();",
        "class D<T> : E<T>, F where T : G, new() { void M() { } struct H { void N() { } } enum I { A = 1, B = A | 2 } record J(int K = 1) { int L => 2; } }",
        "record struct A(int? B, string C) { void M() { } } interface D { void N() { } int P => 1; static abstract int Q(); } record E;",
        "void M() { var a = new { B = c ? 1 : 2 }; var d = new E { F = { G = h ?? i } } with { J = k && l }; int[] m = { 1, n ? 2 : 3 }; }",
        "void M() { var q = from a in b where a.C || d join e in f on a.G equals e.H into i orderby a.J descending select a.K ? i : null; }",
        "int? M() { int? a = b ? c : null; T?[] d = new T?[e ? 1 : 2]; return (a as int?) ?? (d is T?[] f ? 1 : 2); }",
        "void M() { int when = 1, and = 2, or = 3; if (when > and || and < or) { } F(when, and, or); or = and; var x = or; }",
        "void M() { var a = b! switch { 1 => 2, _ => 3 }; c?[0]?.D(); var e = f ? [1] : [2, 3]; var g = f ? -1 : +1; h ??= i ??= j; }",
        "void M() { F(a: b ? c : d, e: (f) => g ? h : i); _ = a is B ? c : d; if (x is not null and var y && y > 0) { } }",
        "#if A || B\nvoid M() { }\n#elif !C && (D == false)\nvoid N() { if (a) { } }\n#else\nvoid O() { \n#endif\n// e\n#region f\n#endregion");

    public static TheoryData<string> Units => new(
        "global using F; using System; using A = B.C; using static D.E;\n[assembly: G(H)]\nif (args.Length > 0) { }\nint I() => 1;\nL();\nclass J { void K() { if (a) { } } }",
        "using var a = b ?? c;\nusing (d) { }\nvoid E() { }\nawait using var f = g;\nrecord H(int I);\ndelegate void J();",
        "namespace A.B;\nclass C\n{\n    int D = e ? 1 : 2;\n}\n",
        "namespace A { namespace B { class C { void M() { } } } class D { void N() { } } }",
        "#define A\n#if A\nclass B { void M() { } }\n#else\nclass B { void N() { if (a) { } } }\n#endif",
        "// a\n\n/* b\n\n c */ class D { } // e\n\n/// <summary>f</summary>\nenum G { H = 1 ? 2 : 3 }\n",
        "var a = \"\"\"\n\n  b\n  \"\"\";\nConsole.WriteLine(a);\n",
        "");

    [Theory]
    [MemberData(nameof(Members))]
    public void A_member_has_the_figures_of_its_syntax_tree(string members) => AssertSame($"class C\n{{\n{members}\n}}\n");

    [Theory]
    [MemberData(nameof(Units))]
    public void A_file_has_the_figures_of_its_syntax_tree(string unit) => AssertSame(unit);

    [Fact]
    public void Every_line_end_of_the_language_ends_a_line() => AssertSame("class A { }\r// b\u0085// c\u2028\u2029class D { }\r\n");

    private static void AssertSame(string text)
    {
        var expected = RoslynMeasurer.Measure("a.cs", text, 1, null, TestContext.Current.CancellationToken);
        var actual = CSharpMeasurer.Measure("a.cs", text, 1, null, TestContext.Current.CancellationToken);
        Assert.Null(expected.Note);
        Assert.Equal(expected with { Method = "lexical" }, actual);
    }
}
