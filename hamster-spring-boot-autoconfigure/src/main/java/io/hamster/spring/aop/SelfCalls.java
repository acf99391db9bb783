package io.hamster.spring.aop;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.asm.ClassReader;
import org.springframework.asm.ClassVisitor;
import org.springframework.asm.Handle;
import org.springframework.asm.MethodVisitor;
import org.springframework.asm.Opcodes;
import org.springframework.asm.SpringAsmInfo;
import org.springframework.asm.Type;

/**
 * Finds calls of an object to its own method, which don't pass its proxy, in its byte code.
 *
 * <p>Best effort: a method that gets hold of another object of the class, which may be the proxy, is left alone.
 */
public final class SelfCalls {

    private final Method callee;
    private final String descriptor;
    private final Set<String> ownTypes = new HashSet<>();
    private final Set<String> callers = new TreeSet<>();

    private SelfCalls(Method callee) {
        this.callee = callee;
        this.descriptor = Type.getMethodDescriptor(callee);
    }

    /**
     * Looks for callers.
     *
     * @param callee the method
     * @param type the class whose methods, and its superclasses', are looked at
     * @return the names of the methods that call it, sorted; empty if the byte code can't be had
     */
    public static Set<String> of(Method callee, Class<?> type) {
        SelfCalls calls = new SelfCalls(callee);
        for (Class<?> own = type; own != null && own != Object.class; own = own.getSuperclass()) {
            calls.ownTypes.add(Type.getInternalName(own));
        }
        for (Class<?> own = type; own != null && own != Object.class; own = own.getSuperclass()) {
            calls.scan(own);
        }
        return calls.callers;
    }

    private void scan(Class<?> type) {
        String name = type.getName();
        try (InputStream code = type.getResourceAsStream(name.substring(name.lastIndexOf('.') + 1) + ".class")) {
            if (code != null) {
                new ClassReader(code).accept(new Methods(), ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
            }
        } catch (IOException | IllegalArgumentException e) {
            // Unreadable, or of a newer format than this reader knows: nothing can be said about it.
        }
    }

    private boolean isOwn(Type type) {
        return type.getSort() == Type.OBJECT && ownTypes.contains(type.getInternalName());
    }

    /** Looks into each method that somebody wrote. */
    private final class Methods extends ClassVisitor {

        Methods() {
            super(SpringAsmInfo.ASM_VERSION);
        }

        @Override
        public @Nullable MethodVisitor visitMethod(
                int access, String name, String methodDescriptor, String signature, String[] exceptions) {
            return (access & Opcodes.ACC_BRIDGE) != 0 ? null : new Calls(name, methodDescriptor);
        }
    }

    /** Looks at one method's instructions. */
    private final class Calls extends MethodVisitor {

        private final String caller;
        private boolean knowsAnother;
        private boolean calls;
        private boolean thisIsOnTop;

        Calls(String name, String methodDescriptor) {
            super(SpringAsmInfo.ASM_VERSION);
            boolean isLambda = name.startsWith("lambda$");
            this.caller = isLambda ? name.substring(name.indexOf('$') + 1, name.lastIndexOf('$')) : name;
            for (Type argument : Type.getArgumentTypes(methodDescriptor)) {
                knowsAnother |= isOwn(argument);
            }
        }

        @Override
        public void visitVarInsn(int opcode, int variable) {
            thisIsOnTop = opcode == Opcodes.ALOAD && variable == 0;
        }

        @Override
        public void visitFieldInsn(int opcode, String owner, String name, String fieldDescriptor) {
            knowsAnother |= isOwn(Type.getType(fieldDescriptor));
            thisIsOnTop = false;
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            knowsAnother |= ownTypes.contains(type);
            thisIsOnTop = false;
        }

        @Override
        public void visitMethodInsn(
                int opcode, String owner, String name, String methodDescriptor, boolean isInterface) {
            knowsAnother |= isOwn(Type.getReturnType(methodDescriptor));
            calls |= isCallee(owner, name, methodDescriptor);
            thisIsOnTop = false;
        }

        @Override
        public void visitInvokeDynamicInsn(
                String name, String indyDescriptor, Handle bootstrap, Object... bootstrapArguments) {
            for (Object argument : bootstrapArguments) {
                calls |= thisIsOnTop
                        && argument instanceof Handle handle
                        && isCallee(handle.getOwner(), handle.getName(), handle.getDesc());
            }
            thisIsOnTop = false;
        }

        @Override
        public void visitEnd() {
            if (calls && !knowsAnother) {
                callers.add(caller);
            }
        }

        private boolean isCallee(String owner, String name, String methodDescriptor) {
            return ownTypes.contains(owner) && name.equals(callee.getName()) && methodDescriptor.equals(descriptor);
        }
    }
}
