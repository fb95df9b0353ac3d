namespace Waggle.Core.Workflows;

/// <summary>A part of a run that a task or another run does.</summary>
/// <param name="Item">The item of a map; -1 for a step without items.</param>
internal readonly record struct StepPlace(string Run, int Step, int Item, bool Compensation);
