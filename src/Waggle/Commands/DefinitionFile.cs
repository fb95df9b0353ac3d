using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Shared;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Waggle.Commands;

/// <summary>Reads the definition of a workflow from a file of JSON or YAML. The hub gets JSON.</summary>
internal static class DefinitionFile
{
    /// <summary>Aliases may name a node again and again, so the size of the result is limited and not that of the file.</summary>
    private const int MostNodes = 500_000;

    public static async Task<RawJson> ReadAsync(string file, CancellationToken cancel)
    {
        var what = file == "-" ? "Standard input" : $"The file '{file}'";
        try
        {
            using var text = file == "-" ? new StreamReader(Console.OpenStandardInput()) : new StreamReader(file);
            var definition = await text.ReadToEndAsync(cancel);
            return definition.AsSpan().TrimStart() is ['{', ..] ? RawJson.Parse(definition) : Of(definition);
        }
        catch (Exception e) when (e is JsonException or YamlException or FormatException)
        {
            throw new CliException($"{what} is neither JSON nor YAML: {e.Message}", ExitCodes.Usage, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{what} cannot be read: {e.Message}", ExitCodes.Usage, e);
        }
    }

    /// <summary>Converts one YAML document to JSON, by the core schema of YAML 1.2 as far as JSON has its values.</summary>
    /// <exception cref="YamlException">The text is no YAML.</exception>
    /// <exception cref="FormatException">The text is no value of JSON.</exception>
    internal static RawJson Of(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        if (stream.Documents.Count != 1) throw new FormatException($"one document is expected, and there are {stream.Documents.Count}.");
        var nodes = 0;
        return RawJson.Parse(Convert(stream.Documents[0].RootNode, 0, ref nodes)?.ToJsonString() ?? "null");
    }

    private static JsonNode? Convert(YamlNode node, int depth, ref int nodes)
    {
        if (depth > Limits.MaxDepth || ++nodes > MostNodes) throw new FormatException($"line {node.Start.Line}: it is too deep, or too large.");
        switch (node)
        {
            case YamlMappingNode mapping:
                var members = new JsonObject();
                foreach (var (key, value) in mapping.Children)
                {
                    if (key is not YamlScalarNode { Value: { } name }) throw new FormatException($"line {key.Start.Line}: a name is a text.");
                    members[name] = Convert(value, depth + 1, ref nodes);
                }

                return members;
            case YamlSequenceNode sequence:
                var items = new JsonArray();
                foreach (var item in sequence.Children) items.Add(Convert(item, depth + 1, ref nodes));
                return items;
            default:
                return Scalar((YamlScalarNode)node);
        }
    }

    private static JsonValue? Scalar(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style is not (ScalarStyle.Plain or ScalarStyle.Any)) return JsonValue.Create(text);
        return text switch
        {
            "" or "~" or "null" or "Null" or "NULL" => null,
            "true" or "True" or "TRUE" => JsonValue.Create(true),
            "false" or "False" or "FALSE" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => JsonValue.Create(whole),
            _ when decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
