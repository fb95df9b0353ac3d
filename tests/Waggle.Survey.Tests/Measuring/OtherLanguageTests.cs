namespace Waggle.Survey.Tests.Measuring;

public sealed class OtherLanguageTests
{
    [Fact]
    public void Python_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.py", """"
            """What it is.

            if this were code
            """
            import re

            # one
            class A:
                @cached
                async def run(self, a,
                              b=None):
                    '''Runs.'''
                    text = """

            def no():
            """
                    for x in [y for y in a if y]:
                        try:
                            if x and not b: return "# no comment"
                        except (E, F):
                            pass
                        else:
                            match = 1
                    match a:
                        case 1 | 2:
                            pass
                        case _:
                            pass

                    def inner(): return lambda z: z or 1

                    return a if b else text


            # the end
            if __name__ == "__main__":
                A().run(1)

            """");
        Measured.AssertLines(measure, code: 25, comment: 6, blank: 6);
        // run: for, for, if, if, and, except, case, if ; inner: or ; file: if.
        Measured.AssertFunctions(measure, 2, 12, 3, new("run", 10, 23), new("run", 10, 9));
    }

    [Fact]
    public void Ruby_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.rb", """
            =begin
            def no
            =end
            class Box < Base # one
              def self.make!(a, if: nil)
                return if a.empty? && a.class
                x = if a then 1 else "#{a ? "}" : 'end'}" end
                while a do a = a.next end
                a.each do |b|
                  @c ||= b / 2 unless b =~ /end if/
                end
                case a
                when 1, 2 then %w[if end]
                else :if
                end
              rescue E
                <<~EOS
                  end if
                EOS
              end

              def short(a) = a or 1
              def ==(other)
                true
              end
            end

            """);
        Measured.AssertLines(measure, code: 22, comment: 3, blank: 1);
        // make!: if && if ? while ||= unless when rescue ; short: or.
        Measured.AssertFunctions(measure, 3, 13, 1, new("self.make!", 5, 16), new("self.make!", 5, 10));
    }

    [Fact]
    public void Lua_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.lua", """
            --[[ function no()
            end ]]
            local s = [==[ if ]] end ]==]
            function M.a:b(x)
              for i = 1, 3 do
                if x and i then return end
              end
              repeat x = f(function() end) until x or s
              do end
            end
            M.c = function() while true do end end

            """);
        Measured.AssertLines(measure, code: 9, comment: 2, blank: 0);
        // b: for if and until or ; c: while.
        Measured.AssertFunctions(measure, 2, 8, 2, new("M.a:b", 4, 7), new("M.a:b", 4, 6));
    }

    [Fact]
    public void Shell_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.sh", """
            #!/bin/sh
            # if one
            run() {
              for f in "$@" $#; do
                if [ -f "$f" ] && echo done if; then
                  cat <<-'EOF'
            	fi done }
            	EOF
                elif test ${#f} -gt 1; then echo "$(if a; then b; fi) don't"
                fi
              done

              case $1 in
                a|b) echo x ;;
                (c) echo ${1%)} ;;
                *) exit 1 ;;
              esac
            }

            function other-one {
              while read -r x; do :; done
            }
            run "$@" || exit 1

            """);
        Measured.AssertLines(measure, code: 19, comment: 2, blank: 2);
        // run: for if && elif if case case ; other-one: while ; file: ||.
        Measured.AssertFunctions(measure, 2, 11, 3, new("run", 3, 16), new("run", 3, 8));
    }

    [Fact]
    public void PowerShell_is_measured_as_by_hand()
    {
        var measure = Measured.File("a.ps1", "<# one\n#>\nfunction Get-It($a) {\n  if ($a -and $b) { 'don''t' }\n  ElseIf ($c) { \"`\"$(if ($d) { 1 })\" }\n}\n");
        Measured.AssertLines(measure, code: 4, comment: 2, blank: 0);
        Measured.AssertFunctions(measure, 1, 5, 2, new("Get-It", 3, 4), new("Get-It", 3, 5));
    }

    [Fact]
    public void Where_functions_are_not_recognised_they_are_unknown_and_not_zero()
    {
        var measure = Measured.File("a.sql", "-- one\nSELECT '--', 'it''s' /* two\n\nthree */\nFROM a;\n");
        Measured.AssertLines(measure, code: 2, comment: 2, blank: 1);
        Assert.Null(measure.Functions);
        Assert.Null(measure.Cyclomatic);
        Assert.Null(measure.MaxNesting);
        Assert.Null(measure.LongestFunction);
        Assert.Equal("functions are not recognised in SQL; only lines are counted", measure.Note);
    }

    [Theory]
    [InlineData("a.go", "func a() {\n if b {\n")]
    [InlineData("a.py", "def a(:\n \"\"\"")]
    [InlineData("a.rb", "def a\n end end end <<~X")]
    [InlineData("a.lua", "function a( end end [[")]
    [InlineData("a.sh", "a() {\n case x in esac fi } done <<")]
    [InlineData("a.js", ") ] } `${ function a( {")]
    [InlineData("a.pl", "sub a { s/x $ <<\"")]
    [InlineData("a.rs", "fn a() { r#\"")]
    [InlineData("a.cpp", "#if\n R\"(\n#endif\n#endif\n'\\")]
    [InlineData("a.php", "<?php function a() { <<<")]
    [InlineData("a.cs", "class { \"")]
    public void What_is_unbalanced_or_cut_off_is_measured_all_the_same(string name, string text)
    {
        var measure = Measured.File(name, text);
        Assert.Equal(measure.Lines, measure.CodeLines + measure.CommentLines + measure.BlankLines);
    }
}
