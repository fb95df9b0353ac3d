using System.CommandLine;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle completion</c>: scripts with which a shell asks <c>waggle [suggest:…]</c> for completions.</summary>
internal static class CompletionCommand
{
    // Bash splits the word under the cursor at colons if COMP_WORDBREAKS has them, and ids may contain colons.
    private const string Bash = """
        # waggle completion bash: eval "$(waggle completion bash)" in ~/.bashrc
        _waggle() {
            local cur="${COMP_LINE:0:COMP_POINT}" IFS=$'\n'
            cur="${cur##*[[:space:]]}"
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)" -- "$cur"))
            if [[ "$cur" == *:* && "$COMP_WORDBREAKS" == *:* ]]; then
                local head="${cur%"${cur##*:}"}" i
                for i in "${!COMPREPLY[@]}"; do COMPREPLY[i]="${COMPREPLY[i]#"$head"}"; done
            fi
        }
        complete -o bashdefault -o default -F _waggle waggle
        """;

    private const string Zsh = """
        #compdef waggle
        # waggle completion zsh: eval "$(waggle completion zsh)" in ~/.zshrc, after compinit
        _waggle() {
            local -a found
            found=(${(f)"$("${words[1]}" "[suggest:${#BUFFER[1,CURSOR]}]" "${BUFFER}" 2>/dev/null)"})
            compadd -- $found
        }
        compdef _waggle waggle
        """;

    private const string Fish = """
        # waggle completion fish: waggle completion fish > ~/.config/fish/completions/waggle.fish
        complete -c waggle -f -a '(waggle "[suggest:"(commandline -C)"]" (commandline -b) 2>/dev/null)'
        """;

    private const string Pwsh = """
        # waggle completion pwsh: waggle completion pwsh | Out-String | Invoke-Expression in $PROFILE
        Register-ArgumentCompleter -Native -CommandName waggle -ScriptBlock {
            param($word, $line, $cursor)
            waggle "[suggest:$cursor]" "$line" 2>$null | Where-Object { $_ -like "$word*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    private static readonly Dictionary<string, string> Scripts =
        new(StringComparer.Ordinal) { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["pwsh"] = Pwsh };

    public static Command Create()
    {
        var shell = new Argument<string>("shell") { Description = $"{string.Join(", ", Scripts.Keys)}." };
        shell.CompletionSources.Add([.. Scripts.Keys]);
        shell.Validators.Add(result =>
        {
            var named = result.Tokens[0].Value;
            if (!Scripts.ContainsKey(named)) result.AddError($"'{named}' is not a supported shell: {string.Join(", ", Scripts.Keys)}.");
        });
        var command = new Command("completion", "Print a script for shell completion of commands, options and ids.") { shell };
        command.SetAction(parse =>
        {
            Console.Out.WriteLine(Scripts[parse.GetValue(shell)!]);
            return ExitCodes.Ok;
        });
        return command;
    }
}
