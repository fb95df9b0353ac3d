namespace Waggle.Survey.Tests.Measuring.CSharp;

public sealed class CSharpMeasurerTests
{
    [Fact]
    public void A_class_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.cs", """"
            using System;

            // What it is for.
            namespace A.B;

            /// <summary>Kept.</summary>
            public class Box<T> : IDisposable
            {
                private int _count; /* code beats comment */

                public Box(int count) => _count = count;

                ~Box() { }

                public int Count
                {
                    get => _count;
                    set { if (value > 0 && value < 9) _count = value; }
                }

                public int Auto { get; set; }

                public bool Any => Count > 0;

                [Obsolete]
                public string Name(int a)
                {
                    foreach (var x in new[] { a })
                    {
                        if (x == 1)
                            return "one";
                        else if (x == 2)
                            return "two";
                    }

                    return Helper() ?? """

                        // not a comment
                        """;

                    string? Helper() => a is > 0 and < 5 ? "h" : null;
                }

                void IDisposable.Dispose() { }

                public static Box<T> operator +(Box<T> a, Box<T> b) => a;

                public static implicit operator int(Box<T> a) => 1;

                public int this[int i] => i;
            }

            """");
        Assert.Equal("lexical", measure.Method);
        Assert.Null(measure.Note);
        Measured.AssertLines(measure, code: 35, comment: 2, blank: 14);
        // Box, ~Box, get, set (+2), Any, Name (+4: foreach, if, if, ??), Helper (+2: and, ?:), Dispose, +, int, this[].
        Measured.AssertFunctions(measure, 11, 19, 2, new("Box.Name", 26, 17), new("Box.Name", 26, 5));
    }

    [Theory]
    [InlineData("if (a) { } else if (b) { }", 3, 1)]
    [InlineData("for (;;) { while (a) do { } while (b); }", 4, 3)]
    [InlineData("switch (x) { case 1: case 2: break; case int n when n > 3: break; default: break; }", 5, 1)]
    [InlineData("var y = x switch { 1 => 2, > 5 and < 9 => 3, _ => 4 };", 4, 1)]
    [InlineData("var y = x switch { _ when a => 3, _ => 4 };", 2, 1)]
    [InlineData("try { } catch (E e) when (a) { if (b) { } } finally { }", 4, 2)]
    [InlineData("c ??= d ?? e; var f = g?.H;", 3, 0)]
    [InlineData("Run(() => { if (a || b) return; });", 3, 1)]
    [InlineData("lock (a) using (b) { if (c) { } }", 2, 1)]
    [InlineData("if (x is 1 or 2 or not 3) return;", 4, 1)]
    public void Decisions_and_nesting_follow_the_rules(string body, int complexity, int nesting)
    {
        var measure = Measured.File("a.cs", "class C { void M() { " + body + " } }");
        Assert.Equal((1, complexity, nesting), (measure.Functions, measure.Cyclomatic, measure.MaxNesting));
    }

    [Fact]
    public void A_lambda_counts_in_its_function_and_a_local_function_by_itself()
    {
        var measure = Measured.File("a.cs", "class C { void M() { F(x => x ? 1 : 2); int L() => a && b && c ? 1 : 2; } }");
        Assert.Equal(2, measure.Functions);
        Assert.Equal(new("C.M.L", 1, 4), measure.MostComplexFunction);
        Assert.Equal(6, measure.Cyclomatic);
    }

    [Fact]
    public void Top_level_statements_are_one_function()
    {
        var measure = Measured.File("a.cs", "using System;\n\nvar a = args.Length;\nif (a > 0)\n    return 1;\nreturn 0;\n\nclass C { void M() { } }\n");
        Measured.AssertFunctions(measure, 2, 3, 1, new("<top-level statements>", 3, 4), new("<top-level statements>", 3, 2));
    }

    [Fact]
    public void Without_functions_there_is_none_that_is_longest()
    {
        var measure = Measured.File("a.cs", "interface I { void M(); int P { get; } }\nabstract class A { public abstract void M(); }");
        Assert.Equal((0, 0, 0), (measure.Functions, measure.Cyclomatic, measure.MaxNesting));
        Assert.Null(measure.LongestFunction);
        Assert.Null(measure.MostComplexFunction);
    }

    [Fact]
    public void A_file_whose_brackets_do_not_balance_says_so()
    {
        var measure = Measured.File("a.cs", "class C { void M() { if ( } }");
        Assert.Equal("brackets do not balance; the figures are of what could be followed", measure.Note);
    }

    [Fact]
    public void Code_that_is_compiled_out_is_code_but_its_functions_are_not_seen()
    {
        var measure = Measured.File("a.cs", "class C\n{\n#if NEVER\n    void M() { }\n\n#endif\n}\n");
        Measured.AssertLines(measure, code: 6, comment: 0, blank: 1);
        Assert.Equal(0, measure.Functions);
    }

    [Fact]
    public void Blank_lines_in_a_comment_are_blank()
    {
        var measure = Measured.File("a.cs", "/*\n one\n\n two */\nclass C;\n");
        Measured.AssertLines(measure, code: 1, comment: 3, blank: 1);
    }

    [Fact]
    public void Thousands_of_terms_in_an_expression_do_not_exhaust_the_stack()
    {
        var measure = Measured.File("a.cs", "class C { bool M() => " + string.Join(" || ", Enumerable.Repeat("a", 20_001)) + "; }");
        Assert.Equal(20_001, measure.Cyclomatic);
    }

    [Fact]
    public void A_deeply_nested_expression_does_not_exhaust_the_stack()
    {
        var measure = Measured.File("a.cs", $"class C {{ bool M() => {new string('(', 200_000)}a{new string(')', 200_000)} || b; }}");
        Assert.Equal((1, 2), (measure.Functions, measure.Cyclomatic));
    }

    [Theory]
    [InlineData("class C { string M() => $\"a {b switch { 1 => \"c\", _ => $$\"\"\"{{d ? e : f}}\"\"\" }:F2}\"; }")]
    [InlineData("#if A && (B || !C)\nclass C { int this[int a] { get => b is > 1 and { D: [1, ..] } ? 1 : 2; set { } } }\n#else\nif (x) { }\n#endif")]
    [InlineData("class C { public static explicit operator (int, D<E>)(C a) { switch (a) { case F<G> b when c: for (;;) try { } catch (H) when (i) { } } } }")]
    public void A_file_that_is_cut_off_anywhere_is_measured(string text)
    {
        for (var length = 0; length <= text.Length; length++)
        {
            var measure = Measured.File("a.cs", text[..length]);
            Assert.Equal(measure.Lines, measure.CodeLines + measure.CommentLines + measure.BlankLines);
        }
    }
}
