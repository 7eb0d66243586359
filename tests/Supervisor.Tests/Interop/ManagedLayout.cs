using System.Reflection;
using System.Reflection.Emit;

namespace BindToInterface.Supervisor.Tests.Interop;

/// <summary>Where the runtime puts the fields of a struct, as unsafe code sees them.</summary>
internal static class ManagedLayout
{
    public static int SizeOf(Type type)
    {
        DynamicMethod method = Method();
        ILGenerator code = method.GetILGenerator();
        code.Emit(OpCodes.Sizeof, type);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }

    public static int OffsetOf(FieldInfo field)
    {
        // The distance of the field of an instance from the instance.
        DynamicMethod method = Method();
        ILGenerator code = method.GetILGenerator();
        LocalBuilder instance = code.DeclareLocal(field.DeclaringType!);
        code.Emit(OpCodes.Ldloca, instance);
        code.Emit(OpCodes.Ldflda, field);
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Ldloca, instance);
        code.Emit(OpCodes.Conv_U);
        code.Emit(OpCodes.Sub);
        code.Emit(OpCodes.Conv_I4);
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<Func<int>>()();
    }

    private static DynamicMethod Method() => new("layout", typeof(int), [], typeof(ManagedLayout).Module, skipVisibility: true);
}
