using System.Collections;
using System.Text;
using System.Text.Json;
using Waggle.Client;
using Waggle.Shared;
using Waggle.Protocol.Json;

namespace Waggle.Exec;

/// <summary>
/// The variables that a command gets: the worker's own, without its secrets, and what scripts want of the task. The task's id is the idempotency key: the
/// same for every attempt.
/// </summary>
internal static class TaskEnvironment
{
    /// <summary>Linux takes no variable of more than 128 KiB, and all of them together have to fit as well.</summary>
    public const int MaxVariableBytes = 64 * 1024;

    public const string SecretVariable = "WAGGLE_AGENT_SECRET";
    public const string TokenVariable = "WAGGLE_TOKEN";
    private const string InputVariable = "WAGGLE_TASK_INPUT";
    private const string PromptVariable = "WAGGLE_TASK_PROMPT";
    private const string FileSuffix = "_FILE";

    /// <param name="files">Where the input and the prompt are put as files; null: there is no place for them.</param>
    /// <exception cref="TaskFailedException">The command asks for a variable that cannot hold the task's value.</exception>
    public static Dictionary<string, string> Create(TaskWork work, ExecOptions options, TaskFiles? files)
    {
        var variables = Own(options);
        variables["WAGGLE_URL"] = Failures.Authority(options.Url);
        variables["WAGGLE_TASK_ID"] = work.Id;
        variables["WAGGLE_TASK_IDEMPOTENCY_KEY"] = work.Id;
        variables["WAGGLE_TASK_ATTEMPT"] = work.Attempt.ToString();
        variables["WAGGLE_TASK_SWARM"] = work.Swarm;

        // A variable ends at its first NUL: a title with a mark in it is better than none. Standard input has it as it came.
        variables["WAGGLE_TASK_TITLE"] = work.Spec.Title.Replace('\0', '\uFFFD');
        variables["WAGGLE_TASK_TYPE"] = work.Spec.Type?.Replace('\0', '\uFFFD') ?? "";
        if (work.Input.IsNull) return variables;
        Put(variables, InputVariable, work.Input.ToString(), options.Command, files);
        if (Prompt(work.Input) is { } prompt) Put(variables, PromptVariable, prompt, options.Command, files);
        return variables;
    }

    private static Dictionary<string, string> Own(ExecOptions options)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry own in Environment.GetEnvironmentVariables())
        {
            var name = (string)own.Key;
            if (!name.StartsWith("WAGGLE_TASK_", StringComparison.Ordinal) && name is not (SecretVariable or TokenVariable))
            {
                variables[name] = (string?)own.Value ?? "";
            }
        }

        if (options.PassToken && options.Token is { } token) variables[TokenVariable] = token;
        return variables;
    }

    private static void Put(Dictionary<string, string> variables, string name, string value, string command, TaskFiles? files)
    {
        if (files?.Write(name, value) is { } file) variables[name + FileSuffix] = file;
        var bytes = Encoding.UTF8.GetByteCount(value);
        if (bytes <= MaxVariableBytes && Set(variables, name, value)) return;
        if (!Names(command, name)) return;
        var why = bytes > MaxVariableBytes ? $"its {bytes} bytes are more than the {MaxVariableBytes} that a variable takes" : "it contains a NUL character";
        throw new TaskFailedException(
            "VARIABLE_TOO_LARGE",
            $"The command reads ${name}, which cannot hold this task's value: {why}. Read the file ${name}{FileSuffix}, or standard input.", retryable: false);
    }

    // A variable ends at its first NUL: half a value would be worse than none.
    private static bool Set(Dictionary<string, string> variables, string name, string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal)) return false;
        variables[name] = value;
        return true;
    }

    // The name itself, and not the longer one of its file.
    private static bool Names(string command, string name)
    {
        for (var at = 0; (at = command.IndexOf(name, at, StringComparison.Ordinal)) >= 0; at += name.Length)
        {
            var end = at + name.Length;
            if (end == command.Length || !(char.IsAsciiLetterOrDigit(command[end]) || command[end] == '_')) return true;
        }

        return false;
    }

    private static string? Prompt(RawJson input)
    {
        var element = input.ToElement();
        return element.ValueKind switch
        {
            JsonValueKind.String => element.GetString(),
            JsonValueKind.Object when element.TryGetProperty("prompt", out var prompt) && prompt.ValueKind == JsonValueKind.String => prompt.GetString(),
            _ => null,
        };
    }
}
