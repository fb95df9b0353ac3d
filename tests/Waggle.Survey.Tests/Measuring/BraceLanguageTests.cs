namespace Waggle.Survey.Tests.Measuring;

public sealed class BraceLanguageTests
{
    [Fact]
    public void C_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.c", """
            #include <stdio.h>
            #define MAX(a, b) \
                ((a) > (b) ? (a) : (b))

            /* if (x) { in a comment }
             */
            static const char *text = "if (a && b) { // no comment";

            #ifdef WIDE
            int width(long a) {
            #else
            int width(int a) {
            #endif
                return a ? 'a' : '"';
            }

            struct pair { int a, b; };

            static int
            count(struct pair *p, int n)
            {
                for (int i = 0; i < n; i++) {
                    if (p->a && p->b || n > 1) {
                        n--; // and on
                    } else if (n)
                        continue;
                }
                switch (n) {
                case 1:
                case 2: return 1;
                default: return 0;
                }
            }

            """);
        Assert.Equal("lexical", measure.Method);
        Measured.AssertLines(measure, code: 27, comment: 2, blank: 4);
        // width: ? ; count: for if && || if case case.
        Measured.AssertFunctions(measure, 2, 10, 2, new("count", 20, 14), new("count", 20, 8));
    }

    [Fact]
    public void Cpp_knows_qualified_names_initialisers_and_raw_strings()
    {
        var measure = Measured.File("a.cpp", """
            namespace a EXPORT(default) {
            Box::Box(int n) : n_(n), m_(0) {
            }
            Box::~Box() { }
            bool Box::operator==(const Box&& other) const noexcept {
                auto s = R"x(if (a) { " )x";
                auto f = [this](int i) { return i > 1 ? 1'000 : n_; };
                return n_ == other.n_ && f(1);
            }
            template <class T> auto max(T a, T b) -> T { FOREACH(x) { } return a; }
            }

            """);
        Measured.AssertFunctions(measure, 4, 6, 0, new("Box::operator==", 5, 5), new("Box::operator==", 5, 3));
    }

    [Fact]
    public void JavaScript_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.js", """
            'use strict'
            const half = 4 / 2 // not a regular expression
            const re = /[/'"{]+if/g

            function load(a, { b, c } = {}) {
              return a.map((x) => {
                if (x) { return `${x ? `in ${b || c}` : ''} if {` }
                return null
              })
            }

            const save = async (a) => {
              try { await a } catch { return a?.b ?? 1 }
            }

            class Box {
              #secret() { return 1 }
              static async *walk(a) { for (const x of a) { yield x } }
              get [Symbol.size]() { return this.a ||= 2 }
            }

            module.exports = {
              if: 1,
              done() { promise.catch(() => { }) },
              old: function () { },
            }

            """);
        Measured.AssertLines(measure, code: 22, comment: 0, blank: 4);
        // load: if ? || ; save: catch ?? ; walk: for ; size: ||= .
        Measured.AssertFunctions(measure, 7, 14, 1, new("load", 5, 6), new("load", 5, 4));
    }

    [Fact]
    public void TypeScript_tells_optional_types_from_conditions()
    {
        var measure = Measured.File("a.ts", """
            interface A { b?: string; c?(d?: number): void }
            export const pick = <T extends A>(a?: T): string | undefined => {
              return a ? a.b : undefined
            }
            class B<T> {
              constructor(private readonly a?: T) { }
              protected async find<K>(key: K, or?: T): Promise<Map<K, T>> { return this.a ?? or }
            }

            """);
        Measured.AssertFunctions(measure, 3, 5, 0, new("pick", 2, 3), new("pick", 2, 2));
    }

    [Fact]
    public void Go_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.go", """
            package a

            // Walk walks.
            func (t *Tree) Walk(
            	f func(int) bool,
            ) (n int, err error) {
            	for i := 0; i < 3; i++ {
            		if ok := f(i); ok && i > 1 {
            			go func() { n++ }()
            		}
            	}
            	select {
            	case <-done:
            	default:
            	}
            	return
            }

            func Map[K any](k K) string { return `func not() {
            // nor this` }

            """);
        Measured.AssertLines(measure, code: 17, comment: 1, blank: 2);
        // Walk: for if && case.
        Measured.AssertFunctions(measure, 2, 6, 2, new("Walk", 4, 14), new("Walk", 4, 5));
    }

    [Fact]
    public void Rust_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.rs", """
            /* outer /* inner */ still */
            impl<'a> Display for Box<'a> {
                fn fmt(&self, f: &mut Formatter<'_>) -> Result {
                    let q = '"';
                    match self.kind {
                        Kind::A if self.x || self.y => 1,
                        Kind::B => { 2 }
                        _ => 3,
                    }
                }
            }

            pub async fn run<F>(f: F) where F: for<'b> Fn(&'b str) {
                let raw = r#"fn no() { "if" }"#;
                while let Some(x) = f.next()? {
                    spawn(move || x);
                }
            }

            """);
        Measured.AssertLines(measure, code: 16, comment: 1, blank: 1);
        // fmt: two arms, if, || ; run: while.
        Measured.AssertFunctions(measure, 2, 7, 1, new("fmt", 3, 8), new("fmt", 3, 5));
    }

    [Fact]
    public void Java_is_measured_as_by_hand()
    {
        var measure = Measured.File("A.java", """
            record Point(int x, int y) {
                @Test(expected = X.class)
                public <T> List<? extends T> find(Map<String, ?> m) throws IOException, X
                {
                    Runnable r = () -> { if (a) { } };
                    var o = new Object() { };
                    do { } while (x > 1);
                    return switch (x) { case 1 -> y > 0 ? a : b; default -> null; };
                }
                Point { }
                Point(int x) { synchronized (this) { } }
            }

            """);
        // find: if, while, case, ? ; nesting: "if", "do" and "switch" lie side by side.
        Measured.AssertFunctions(measure, 2, 6, 1, new("find", 3, 7), new("find", 3, 5));
    }

    [Fact]
    public void Kotlin_Swift_Scala_and_Dart_functions_are_recognised()
    {
        var kotlin = Measured.File("a.kt", "class A(val a: Int) {\n  fun <T> List<T>.pick(x: T?): T? {\n    when (x) {\n      null -> return a ?: 1\n      else -> { }\n    }\n    return \"${if (a) \"{\" else \"\"}\"\n  }\n}\n");
        Measured.AssertFunctions(kotlin, 1, 4, 1, new("pick", 2, 7), new("pick", 2, 4));
        var swift = Measured.File("a.swift", "enum E { case a, b }\nextension E {\n  init?(x: Int) { guard x > 0 else { return nil } }\n  func draw(for x: Int?, with s: String? = nil) -> Int {\n    switch x { case .some: return x ?? 1\n    default: return s == nil ? 1 : 2 }\n  }\n}\n");
        Measured.AssertFunctions(swift, 2, 6, 1, new("draw", 4, 4), new("draw", 4, 4));
        var scala = Measured.File("a.scala", "case class A(x: Int)\nobject B {\n  def run(a: A): Int = {\n    a match {\n      case A(1) => 1\n      case _ => 2\n    }\n  }\n}\n");
        Measured.AssertFunctions(scala, 1, 2, 1, new("run", 3, 6), new("run", 3, 2));
        var dart = Measured.File("a.dart", "class A {\n  A(this.x) : y = 1;\n  Future<int?> run(int? a) async {\n    return a == null ? 1 : a ?? 2;\n  }\n}\n");
        Measured.AssertFunctions(dart, 1, 3, 0, new("run", 3, 3), new("run", 3, 3));
    }

    [Fact]
    public void Php_is_measured_between_its_tags()
    {
        var measure = Measured.File("a.php", """
            <html> if (a) { don't }

            <?php
            # one
            #[Attribute]
            function &make(?int $a, $b = null) {
                $t = <<<EOT
                if ($x) { "
                EOT;
                foreach ($a as $k => $v) { echo "{$v["if"]} {"; }
                return match ($a) { 1, 2 => $b ?: 3, default => 4 };
            }
            ?>
            <p>if</p>

            """);
        Measured.AssertLines(measure, code: 12, comment: 1, blank: 1);
        // foreach, one arm, ?: .
        Measured.AssertFunctions(measure, 1, 4, 1, new("make", 6, 7), new("make", 6, 4));
    }

    [Fact]
    public void Perl_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.pl", """
            #!/usr/bin/perl
            use strict;

            =head1 NAME

            sub not { if }

            =cut

            sub run {
                my ($x, %h) = @_;
                local ($", $,) = ('{', $#h);
                return unless $h{if} and $x =~ m{^\{ if}x;
                $x =~ s/'/"/g;
                print <<"END TAG" if $x // 0;
            sub no { if
            END TAG
                my $f = sub { $_ ? 1 : q{a{b}c} };
            }
            1;
            __END__
            sub no { }

            """);
        Measured.AssertLines(measure, code: 12, comment: 6, blank: 4);
        // unless, and, if, //, ? .
        Measured.AssertFunctions(measure, 1, 6, 0, new("run", 10, 10), new("run", 10, 6));
    }
}
