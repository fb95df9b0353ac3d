using System.Reflection;
using System.Runtime.CompilerServices;

namespace Waggle.Client.Tests;

/// <summary>Everything that programs can call stands in PublicApi.txt: a change of it is seen in review, or it fails here.</summary>
public sealed class PublicApiTests
{
    private const string Accept = "WAGGLE_ACCEPT_API";

    [Fact]
    public void The_public_API_is_the_reviewed_one()
    {
        var now = Members().Order(StringComparer.Ordinal).ToArray();
        var file = Path.Combine(Folder(AppContext.BaseDirectory), "src/Waggle.Client/PublicApi.txt");
        if (Environment.GetEnvironmentVariable(Accept) == "1") File.WriteAllLines(file, now);
        var reviewed = File.ReadAllLines(file);
        var difference = reviewed.Except(now).Select(l => $"- {l}").Concat(now.Except(reviewed).Select(l => $"+ {l}")).ToArray();
        Assert.True(difference.Length == 0, $"The public API has changed. If that is meant, run this test with {Accept}=1 and commit PublicApi.txt.\n{string.Join('\n', difference)}");
    }

    private static IEnumerable<string> Members()
    {
        foreach (var type in typeof(WaggleClient).Assembly.GetExportedTypes())
        {
            yield return $"{Name(type)} : {string.Join(", ", Bases(type))}".TrimEnd(' ', ':');
            foreach (var member in type.GetMembers(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            {
                if (member.IsDefined(typeof(CompilerGeneratedAttribute)) && member is not MethodBase { IsSpecialName: true }) continue;
                if (Line(member) is { } line) yield return $"{Name(type)}.{line}";
            }
        }
    }

    private static IEnumerable<string> Bases(Type type)
    {
        if (type.IsEnum) return ["enum"];
        var inherited = type.BaseType?.GetInterfaces() ?? [];
        var bases = type.GetInterfaces().Except(inherited).Where(i => i.IsPublic).Select(Name).Order(StringComparer.Ordinal);
        return type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) ? bases.Prepend(Name(parent)) : bases;
    }

    private static string? Line(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true, IsPublic: true } constant => $"{constant.Name} = {constant.GetRawConstantValue()}",
        FieldInfo { IsPublic: true, IsSpecialName: false } field => $"{field.Name} : {Name(field.FieldType)}",
        ConstructorInfo made when Visible(made) => $"new({Parameters(made)})",
        PropertyInfo property when property.GetAccessors(nonPublic: true).Any(Visible) => $"{property.Name} : {Name(property.PropertyType)} {{ {Accessors(property)}}}",
        MethodInfo { IsSpecialName: false } method when Visible(method) =>
            $"{(method.IsStatic ? "static " : "")}{method.Name}{Generics(method)}({Parameters(method)}) : {Name(method.ReturnType)}",
        _ => null,
    };

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static string Accessors(PropertyInfo property)
    {
        var init = property.SetMethod?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        return (property.GetMethod is { } get && Visible(get) ? "get; " : "") + (property.SetMethod is { } set && Visible(set) ? init ? "init; " : "set; " : "");
    }

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) =>
        string.Join(", ", method.GetParameters().Select(p => $"{Name(p.ParameterType)} {p.Name}{(p.HasDefaultValue ? $" = {p.DefaultValue ?? "default"}" : "")}"));

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return $"{Name(value)}?";
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        return type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
    }

    private static string Folder(string at) =>
        File.Exists(Path.Combine(at, "Waggle.slnx")) ? at : Folder(Path.GetDirectoryName(at) ?? throw new InvalidOperationException("No Waggle.slnx above the tests."));
}
