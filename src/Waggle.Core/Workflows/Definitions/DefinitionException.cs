namespace Waggle.Core.Workflows.Definitions;

/// <summary>A definition that cannot run.</summary>
/// <param name="place">The place in the definition, for example <c>steps[3].when</c>.</param>
internal sealed class DefinitionException(string place, string problem) : Exception($"{place}: {problem}");
