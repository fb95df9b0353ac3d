using System.Buffers;
using System.Text.Json;
using Waggle.Protocol.Json;

namespace Waggle.Client;

/// <summary>Defines workflows in code. The result is the same definition as the JSON and YAML of docs/workflows.md.</summary>
/// <example>
/// <code>
/// WorkflowDefinition report = Workflow.Define("report")
///     .Step("fetch", task => task with { Title = "Fetch the data", Input = Workflow.Object(("url", Workflow.Input.At("url"))) })
///     .Map("clean", Workflow.OutputOf("fetch").At("files"), task => task with { Input = Workflow.Item }).After("fetch")
///     .Signal("approve", TimeSpan.FromDays(1)).After("clean")
///     .Step("publish").After("approve").When("steps.approve.output.yes")
///     .Output(Workflow.OutputOf("publish"))
///     .Build();
/// await client.Workflows.DefineAsync(report);
/// </code>
/// </example>
public static class Workflow
{
    /// <summary>The input of the run.</summary>
    public static WorkflowPath Input { get; } = new("input");

    /// <summary>The item of a map, in the input of its task or workflow.</summary>
    public static WorkflowPath Item { get; } = new("item");

    /// <summary>The number of the item of a map, from 0.</summary>
    public static WorkflowPath Index { get; } = new("index");

    /// <summary>Begins a definition.</summary>
    /// <param name="id">The name of the workflow.</param>
    public static WorkflowBuilder Define(string id) => new(id);

    /// <summary>The output of a step.</summary>
    public static WorkflowPath OutputOf(string step)
    {
        ArgumentException.ThrowIfNullOrEmpty(step);
        return new($"steps.{step}.output");
    }

    /// <summary>The state of a step, a text such as <c>completed</c>.</summary>
    public static WorkflowPath StateOf(string step)
    {
        ArgumentException.ThrowIfNullOrEmpty(step);
        return new($"steps.{step}.state");
    }

    /// <summary>Returns a JSON object, for an input or an output with several values.</summary>
    /// <param name="members">The members; a value is JSON or a path.</param>
    public static RawJson Object(params ReadOnlySpan<(string Name, RawJson Value)> members)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in members)
            {
                writer.WritePropertyName(name);
                if (value.IsNull) writer.WriteNullValue();
                else writer.WriteRawValue(value.Utf8.Span);
            }

            writer.WriteEndObject();
        }

        return RawJson.Parse(System.Text.Encoding.UTF8.GetString(text.WrittenSpan));
    }
}
