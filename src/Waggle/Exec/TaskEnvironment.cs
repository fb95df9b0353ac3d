using System.Collections;
using System.Text;
using System.Text.Json;
using Waggle.Client;
using Waggle.Protocol.Json;
using Waggle.Shared;

namespace Waggle.Exec;

/// <summary>
/// The variables of a command: those of the worker without its secrets, and those of the task for scripts. The task's id is the idempotency key: it is the same
/// for every attempt.
/// </summary>
internal static class TaskEnvironment
{
    /// <summary>The limit of one variable, in bytes. Linux rejects a variable over 128 KiB, and has a limit for the sum of all.</summary>
    public const int MaxVariableBytes = 64 * 1024;

    public const string SecretVariable = "WAGGLE_AGENT_SECRET";
    public const string TokenVariable = "WAGGLE_TOKEN";
    public const string SpawnTokenVariable = "WAGGLE_SPAWN_TOKEN";
    private const string InputVariable = "WAGGLE_TASK_INPUT";
    private const string PromptVariable = "WAGGLE_TASK_PROMPT";
    private const string AnswerVariable = "WAGGLE_TASK_ANSWER";
    private const string CheckpointVariable = "WAGGLE_TASK_CHECKPOINT";
    private const string FileSuffix = "_FILE";

    /// <param name="files">The folder that receives the input and the prompt as files; null without one.</param>
    /// <exception cref="TaskFailedException">The command uses a variable that cannot contain the task's value.</exception>
    public static Dictionary<string, string> Create(TaskWork work, ExecOptions options, TaskFiles? files, QuestionFiles? questions = null)
    {
        var variables = Own(options);
        variables["WAGGLE_URL"] = Failures.Authority(options.Url);
        variables["WAGGLE_TASK_ID"] = work.Id;
        variables["WAGGLE_TASK_IDEMPOTENCY_KEY"] = work.Id;
        variables["WAGGLE_TASK_ATTEMPT"] = work.Attempt.ToString();
        variables["WAGGLE_TASK_SWARM"] = work.Swarm;

        // A variable ends at its first NUL. A replacement character keeps the rest of the title; standard input has the title unchanged.
        variables["WAGGLE_TASK_TITLE"] = work.Spec.Title.Replace('\0', '\uFFFD');
        variables["WAGGLE_TASK_TYPE"] = work.Spec.Type?.Replace('\0', '\uFFFD') ?? "";
        if (questions is not null)
        {
            variables["WAGGLE_TASK_QUESTION_FILE"] = questions.Question;
            variables["WAGGLE_TASK_CHECKPOINT_FILE"] = questions.Checkpoint;
        }

        if (work.Answers is [.., var last]) Put(variables, AnswerVariable, TextOf(last.Answer), options.Command, files);
        if (!work.Checkpoint.IsNull) Put(variables, CheckpointVariable, work.Checkpoint.ToString(), options.Command, files: null);
        if (work.Input.IsNull) return variables;
        Put(variables, InputVariable, work.Input.ToString(), options.Command, files);
        if (Prompt(work.Input) is { } prompt) Put(variables, PromptVariable, prompt, options.Command, files);
        return variables;
    }

    /// <summary>The worker's own variables, without its secrets.</summary>
    public static Dictionary<string, string> Own(ExecOptions options)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry own in Environment.GetEnvironmentVariables())
        {
            var name = (string)own.Key;
            if (!name.StartsWith("WAGGLE_TASK_", StringComparison.Ordinal) && name is not (SecretVariable or TokenVariable or SpawnTokenVariable))
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

    // A variable ends at its first NUL, and a part of a value would be wrong. So such a variable is not set.
    private static bool Set(Dictionary<string, string> variables, string name, string value)
    {
        if (value.Contains('\0', StringComparison.Ordinal)) return false;
        variables[name] = value;
        return true;
    }

    // Matches the name itself and not the longer name of its file.
    private static bool Names(string command, string name)
    {
        for (var at = 0; (at = command.IndexOf(name, at, StringComparison.Ordinal)) >= 0; at += name.Length)
        {
            var end = at + name.Length;
            if (end == command.Length || !(char.IsAsciiLetterOrDigit(command[end]) || command[end] == '_')) return true;
        }

        return false;
    }

    private static string TextOf(RawJson answer) =>
        answer.ToElement() is { ValueKind: JsonValueKind.String } text ? text.GetString()! : answer.ToString();

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
